mod kinds;
use kinds::{Error, Model, Options};

fn main() -> Result<(), Error> {
    let mut model = Model::create(&Options { threads: 1, ..Options::default() })?;
    let (mut a, mut b, mut c, mut d, mut e) = ([0f32; 2], [0f64; 2], [0i8; 2], [0i32; 2], [0i64; 2]);
    let (mut f, mut g, mut h) = ([0u16; 2], [0u16; 2], [0u8; 2]);
    model.types(
        &[1.0; 2], &[2.0; 2], &[3; 2], &[4; 2], &[5; 2], &[0x3f80; 2], &[0x3c00; 2], &[1; 2],
        &mut a, &mut b, &mut c, &mut d, &mut e, &mut f, &mut g, &mut h,
    )?;
    println!("types: {:.1} {:.1} {} {} {} {} {} {}", a[0], b[1], c[0], d[1], e[0], f[1], g[0], h[1]);
    let mut sum = [0f32];
    model.match_(&[1.0], &[2.0], &[3.0], &mut sum)?;
    println!("sum: {:.1}", sum[0]);
    let x: Vec<f32> = (1..=12).map(|i| i as f32).collect();
    let shape = model.Rows_shape(4, 0)?;
    let mut rows = vec![0f32; shape.iter().product()];
    model.Rows(&x, 4, &mut rows)?;
    println!("rows: {:?} first {:.1} last {:.1}", shape, rows[0], rows[5]);
    let error = model.types(
        &[1.0; 3], &[2.0; 2], &[3; 2], &[4; 2], &[5; 2], &[0; 2], &[0; 2], &[1; 2],
        &mut a, &mut b, &mut c, &mut d, &mut e, &mut f, &mut g, &mut h,
    ).unwrap_err();
    println!("refused: {} {}", error.status, error);
    println!("no entry: {}", model.get_entry_step("types").unwrap_err().status);
    Ok(())
}
