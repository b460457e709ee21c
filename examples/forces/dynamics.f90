! dynamics.cpp in Fortran. usage: dynamics forces.safetensors start.f32
program dynamics
  use forces
  implicit none
  real(c_double), parameter :: time_step = 0.002d0
  integer, parameter :: steps = 5000
  type(c_ptr) :: model
  real(c_float) :: start(3, 8), force(3, 8, 1), energy(1)
  real(c_double) :: x(3, 8), v(3, 8), first, potential, kinetic
  character(1000) :: path
  integer :: step, unit, i, j

  call get_command_argument(1, path)
  call check(forces_create(model))
  call check(forces_load(model, trim(path)))
  call get_command_argument(2, path)
  open (newunit=unit, file=trim(path), access="stream", form="unformatted", status="old")
  read (unit) start
  close (unit)
  x = start
  v = 0
  call compute_forces()
  first = energy(1)
  do step = 1, steps
    v = v + 0.5d0 * time_step * force(:, :, 1)
    x = x + time_step * v
    call compute_forces()
    v = v + 0.5d0 * time_step * force(:, :, 1)
    if (mod(step, 1000) == 0) then
      potential = energy(1) - first
      kinetic = 0
      do j = 1, 8
        do i = 1, 3
          kinetic = kinetic + 0.5d0 * v(i, j) * v(i, j)
        end do
      end do
      print "(a, i5, 3(a, f9.5))", "step ", step, "  potential ", potential, "  kinetic ", kinetic, &
        "  total ", potential + kinetic
    end if
  end do
  call forces_destroy(model)

contains

  subroutine compute_forces()
    call check(forces_predict(model, real(x, c_float), 1_c_int64_t, energy, force))
  end subroutine

  subroutine check(status)
    integer(c_int), intent(in) :: status
    if (status == MLC_OK) return
    print "(a)", forces_last_error(model)
    stop 1
  end subroutine
end program
