! main.c in Fortran, through the module that --bindings=fortran writes.
program main
  use simple_model
  implicit none
  integer, parameter :: samples = 1000, batch = 32, width = 5, epochs = 10
  real(c_float) :: inputs(width, samples), targets(width, samples), output(width, 2), loss
  type(c_ptr) :: model
  integer :: epoch, first, last, i, j

  call make_data()
  call check(simple_model_create(model))
  do epoch = 1, epochs
    do first = 1, samples, batch
      last = min(first + batch - 1, samples)
      call check(simple_model_fit(model, inputs(:, first:last), targets(:, first:last), &
                                  int(last - first + 1, c_int64_t), loss))
    end do
    call print_bits("loss", loss)
  end do
  call check(simple_model_predict(model, inputs, 2_c_int64_t, output))
  do i = 1, 2
    do j = 1, width
      call print_bits("y", output(j, i))
    end do
  end do
  call simple_model_destroy(model)

contains

  subroutine make_data()
    integer(c_int64_t) :: state
    integer :: i, j
    state = 1
    do i = 1, samples
      do j = 1, width
        state = iand(state * 1664525_c_int64_t + 1013904223_c_int64_t, 4294967295_c_int64_t)
        inputs(j, i) = real(ishft(state, -8), c_float) / 8388608.0 - 1.0
      end do
      targets(:, i) = max(0.0, 0.5 * (inputs(:, i) + cshift(inputs(:, i), 1)))
    end do
  end subroutine

  subroutine check(status)
    integer(c_int), intent(in) :: status
    if (status == MLC_OK) return
    print "(a)", simple_model_last_error(model)
    stop 1
  end subroutine

  subroutine print_bits(name, value)
    character(*), intent(in) :: name
    real(c_float), intent(in) :: value
    character(8) :: digits
    integer :: k, letter
    write (digits, "(z8.8)") transfer(value, 0_c_int32_t)
    do k = 1, 8 ! lower case, as C prints
      letter = index("ABCDEF", digits(k:k))
      if (letter > 0) digits(k:k) = achar(iachar("a") + letter - 1)
    end do
    print "(a, 1x, a)", name, digits
  end subroutine
end program
