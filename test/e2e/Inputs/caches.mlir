module @caches {
nn.state @rows : tensor<1024x768xf32> init(#nn.zeros)
nn.state @heads : tensor<2x16x5xf32> init(#nn.zeros)
nn.state @ids : tensor<9xi32> init(#nn.zeros)
nn.parameter @w : tensor<768xf32> init(#nn.ones)

// One row.
func.func @put(%row: tensor<1x768xf32>, %at: tensor<i64>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  return
}
// Without nn.updates nothing is written; the result is as if.
func.func @try(%row: tensor<1x768xf32>, %at: tensor<i64>) -> tensor<768xf32> {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  %sum = nn.reduce sum %new dims = [0] : tensor<1024x768xf32>
  return %sum : tensor<768xf32>
}
// Reads after the update see it.
func.func @put_then_read(%row: tensor<1x768xf32>, %at: tensor<i64>) -> (tensor<768xf32>, tensor<1x768xf32>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  %again = nn.read @rows : tensor<1024x768xf32>
  %sum = nn.reduce sum %again dims = [0] : tensor<1024x768xf32>
  %one = nn.slice %again [3, 0] [1, 768] [1, 1] : tensor<1024x768xf32>
  return %sum, %one : tensor<768xf32>, tensor<1x768xf32>
}
// What reads the old value after the update in the text can run before it.
func.func @put_and_read_old(%row: tensor<1x768xf32>, %at: tensor<i64>) -> (tensor<768xf32>, tensor<1x768xf32>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  %sum = nn.reduce sum %old dims = [0] : tensor<1024x768xf32>
  %one = nn.slice %old [3, 0] [1, 768] [1, 1] : tensor<1024x768xf32>
  return %sum, %one : tensor<768xf32>, tensor<1x768xf32>
}
// The old value is needed by what needs the new one.
func.func @put_between(%row: tensor<1x768xf32>, %at: tensor<i64>) -> tensor<768xf32> attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  %after = nn.reduce sum %new dims = [0] : tensor<1024x768xf32>
  %wide = nn.broadcast %after dims = [1] : tensor<768xf32> -> tensor<1024x768xf32>
  %product = nn.mul %old, %wide : tensor<1024x768xf32>
  %sum = nn.reduce sum %product dims = [0] : tensor<1024x768xf32>
  return %sum : tensor<768xf32>
}
// Two rows, and what is in between.
func.func @put_twice(%a: tensor<1x768xf32>, %b: tensor<1x768xf32>, %i: tensor<i32>, %j: tensor<i64>) -> (tensor<768xf32>, tensor<768xf32>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %one = nn.update_slice %old, %a [%i, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i32>
  nn.write @rows, %one : tensor<1024x768xf32>
  %s = nn.reduce sum %one dims = [0] : tensor<1024x768xf32>
  %read = nn.read @rows : tensor<1024x768xf32>
  %two = nn.update_slice %read, %b [%j, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %two : tensor<1024x768xf32>
  %t = nn.reduce sum %two dims = [0] : tensor<1024x768xf32>
  return %s, %t : tensor<768xf32>, tensor<768xf32>
}
// The value in between is needed after the second update, and its row is the caller's.
func.func @put_twice_late(%a: tensor<1x768xf32>, %b: tensor<1x768xf32>, %i: tensor<i32>, %j: tensor<i64>) -> (tensor<1x768xf32>, tensor<768xf32>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %one = nn.update_slice %old, %a [%i, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i32>
  %two = nn.update_slice %one, %b [%j, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %two : tensor<1024x768xf32>
  %row = nn.slice %one [3, 0] [1, 768] [1, 1] : tensor<1024x768xf32>
  %t = nn.reduce sum %two dims = [0] : tensor<1024x768xf32>
  %wide = nn.broadcast %t dims = [1] : tensor<768xf32> -> tensor<1024x768xf32>
  %product = nn.mul %one, %wide : tensor<1024x768xf32>
  %s = nn.reduce sum %product dims = [0] : tensor<1024x768xf32>
  return %row, %s : tensor<1x768xf32>, tensor<768xf32>
}
// A row of the state itself: as it lies there, and found at run time.
func.func @copy_row(%to: tensor<i64>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %row = nn.slice %old [3, 0] [2, 768] [1, 1] : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%to, 0] : tensor<1024x768xf32>, tensor<2x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  return
}
func.func @swap_rows(%i: tensor<i64>, %j: tensor<i64>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %a = nn.slice %old [%i, 0] [1, 768] [1, 1] : tensor<1024x768xf32>, tensor<i64>
  %b = nn.slice %old [%j, 0] [1, 768] [1, 1] : tensor<1024x768xf32>, tensor<i64>
  %one = nn.update_slice %old, %b [%i, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  %two = nn.update_slice %one, %a [%j, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %two : tensor<1024x768xf32>
  return
}
// The caller gets the new value as well.
func.func @put_and_return(%row: tensor<1x768xf32>, %at: tensor<i64>) -> (tensor<1024x768xf32>, tensor<1024x768xf32>) attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  return %old, %new : tensor<1024x768xf32>, tensor<1024x768xf32>
}
// A box that is no run of bytes, of what is computed here; a column of integers at a computed position, through another shape.
func.func @put_heads(%x: tensor<2x1x5xf32>, %at: tensor<i64>, %ids: tensor<2xi32>) -> tensor<9xi32> attributes {nn.updates} {
  %old = nn.read @heads : tensor<2x16x5xf32>
  %u = nn.exp %x : tensor<2x1x5xf32>
  %new = nn.update_slice %old, %u [0, %at, 0] : tensor<2x16x5xf32>, tensor<2x1x5xf32>, tensor<i64>
  nn.write @heads, %new : tensor<2x16x5xf32>
  %before = nn.read @ids : tensor<9xi32>
  %two = nn.constant dense<2> : tensor<i64>
  %position = nn.add %at, %two : tensor<i64>
  %line = nn.reshape %before : tensor<9xi32> -> tensor<9x1xi32>
  %column = nn.reshape %ids : tensor<2xi32> -> tensor<2x1xi32>
  %changed = nn.update_slice %line, %column [%position, 0] : tensor<9x1xi32>, tensor<2x1xi32>, tensor<i64>
  %after = nn.reshape %changed : tensor<9x1xi32> -> tensor<9xi32>
  nn.write @ids, %after : tensor<9xi32>
  return %before : tensor<9xi32>
}
// A failing check leaves the state alone; what the check needs of the new value comes before it.
func.func @put_checked(%row: tensor<1x768xf32>, %at: tensor<i64>, %i: tensor<1xi64>) -> tensor<1x768xf32> attributes {nn.updates} {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  %found = nn.gather %new, %i axis = 0 : tensor<1024x768xf32>, tensor<1xi64>
  return %found : tensor<1x768xf32>
}
// Derivatives by what is put, through data offsets.
func.func private @loss(%row: tensor<1x768xf32>, %at: tensor<i64>) -> tensor<f32> {
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %row [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  %one = nn.slice %new [%at, 0] [2, 768] [1, 1] : tensor<1024x768xf32>, tensor<i64>
  %square = nn.mul %one, %one : tensor<2x768xf32>
  %l = nn.reduce sum %square dims = [0, 1] : tensor<2x768xf32>
  return %l : tensor<f32>
}
func.func @gradient(%row: tensor<1x768xf32>, %at: tensor<i64>) -> (tensor<f32>, tensor<1x768xf32>) {
  %l, %d = nn.grad @loss(%row, %at) wrt(0) : (tensor<1x768xf32>, tensor<i64>) -> (tensor<f32>, tensor<1x768xf32>)
  return %l, %d : tensor<f32>, tensor<1x768xf32>
}
// Training may put as well.
func.func private @fit_loss(%row: tensor<1x768xf32>, %at: tensor<i64>) -> tensor<f32> {
  %w = nn.param @w : tensor<768xf32>
  %flat = nn.reshape %row : tensor<1x768xf32> -> tensor<768xf32>
  %x = nn.mul %flat, %w : tensor<768xf32>
  %put = nn.reshape %x : tensor<768xf32> -> tensor<1x768xf32>
  %old = nn.read @rows : tensor<1024x768xf32>
  %new = nn.update_slice %old, %put [%at, 0] : tensor<1024x768xf32>, tensor<1x768xf32>, tensor<i64>
  nn.write @rows, %new : tensor<1024x768xf32>
  %l = nn.reduce sum %x dims = [0] : tensor<768xf32>
  return %l : tensor<f32>
}
nn.train_step @fit minimizes @fit_loss with #nn.sgd<learning_rate = 0.5>
}
