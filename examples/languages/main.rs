// main.c in Rust, through the module that --bindings=rust writes.
mod simple_model;
use simple_model::{Error, Model, Options};

const SAMPLES: usize = 1000;
const BATCH: usize = 32;
const WIDTH: usize = 5;
const EPOCHS: usize = 10;

fn make_data() -> (Vec<f32>, Vec<f32>) {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        (state >> 8) as f32 / 8388608.0 - 1.0
    };
    let inputs: Vec<f32> = (0..SAMPLES * WIDTH).map(|_| next()).collect();
    let rule = |row: &[f32], j: usize| (0.5 * (row[j] + row[(j + 1) % WIDTH])).max(0.0);
    let targets = inputs.chunks(WIDTH).flat_map(|row| (0..WIDTH).map(move |j| rule(row, j)));
    let targets = targets.collect();
    (inputs, targets)
}

fn main() -> Result<(), Error> {
    let (inputs, targets) = make_data();
    let mut model = Model::create(&Options::default())?;
    for _ in 0..EPOCHS {
        let mut loss = [0f32];
        for (x, target) in inputs.chunks(BATCH * WIDTH).zip(targets.chunks(BATCH * WIDTH)) {
            model.fit(x, target, x.len() / WIDTH, &mut loss)?;
        }
        println!("loss {:08x}", loss[0].to_bits());
    }
    let mut output = [0f32; 2 * WIDTH];
    model.predict(&inputs[..2 * WIDTH], 2, &mut output)?;
    for y in output {
        println!("y {:08x}", y.to_bits());
    }
    Ok(())
}
