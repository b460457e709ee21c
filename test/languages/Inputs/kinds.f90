program program
  use kinds
  implicit none
  type(c_ptr) :: model
  real(c_float) :: a(2), x(3, 4) = reshape([1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.], [3, 4]), rows(3, 2), total
  real(c_double) :: b(2)
  integer(c_int8_t) :: c(2), h(2)
  integer(c_int32_t) :: d(2)
  integer(c_int64_t) :: e(2), sizes(2), step
  integer(c_int16_t) :: f(2), g(2)
  integer(c_int) :: status

  if (kinds_create(model, mlc_options(threads=1)) /= MLC_OK) stop 1
  status = kinds_types(model, [1.0, 1.0], [2d0, 2d0], [3_c_int8_t, 3_c_int8_t], [4, 4], [5_c_int64_t, 5_c_int64_t], &
                       [16256_c_int16_t, 16256_c_int16_t], [15360_c_int16_t, 15360_c_int16_t], [1_c_int8_t, 1_c_int8_t], &
                       a, b, c, d, e, f, g, h)
  if (status /= MLC_OK) stop 2
  print "(a, 2(1x, f3.1), 6(1x, i0))", "types:", a(1), b(2), c(1), d(2), e(1), f(2), g(1), h(2)
  if (kinds_match(model, 1.0, 2.0, 3.0, total) /= MLC_OK) stop 3
  print "(a, 1x, f3.1)", "sum:", total
  if (kinds_Rows_shape(model, 4_c_int64_t, 0, sizes) /= MLC_OK) stop 4
  if (kinds_Rows(model, x, 4_c_int64_t, rows) /= MLC_OK) stop 5
  print "(a, 2(1x, i0), 2(a, f3.1))", "rows:", sizes, " first ", rows(1, 1), " last ", rows(3, 2)
  status = kinds_get_entry_step(model, "types", step)
  print "(a, i0, 1x, a)", "refused: ", status, kinds_last_error(model)
  call kinds_destroy(model)
end program
