// A cluster of 8 atoms in motion, by the forces of the trained model: velocity Verlet, masses of
// one. usage: dynamics forces.safetensors start.f32
#include "forces.h"
#include <algorithm>
#include <cstdio>
#include <stdexcept>

constexpr int kCoordinates = 8 * 3, kSteps = 5000;
constexpr double kTimeStep = 0.002;

static void check(mlc_status status, const forces *model) {
  if (status != MLC_OK)
    throw std::runtime_error(forces_last_error(model));
}

struct Cluster {
  double x[kCoordinates], v[kCoordinates] = {};
  float force[kCoordinates], energy = 0;

  explicit Cluster(const char *path) {
    float start[kCoordinates];
    std::FILE *file = std::fopen(path, "rb");
    if (!file || std::fread(start, sizeof start, 1, file) != 1)
      throw std::runtime_error("expects 24 floats in the file of positions");
    std::fclose(file);
    std::copy(start, start + kCoordinates, x);
  }

  void computeForces(forces *model) {
    float positions[kCoordinates];
    std::copy(x, x + kCoordinates, positions);
    check(forces_predict(model, positions, 1, &energy, force), model);
  }
  void accelerate() {
    for (int i = 0; i < kCoordinates; ++i)
      v[i] = v[i] + 0.5 * kTimeStep * double(force[i]);
  }
  void step(forces *model) {
    accelerate();
    for (int i = 0; i < kCoordinates; ++i)
      x[i] = x[i] + kTimeStep * v[i];
    computeForces(model);
    accelerate();
  }
  double kinetic() const {
    double sum = 0;
    for (double component : v)
      sum = sum + 0.5 * component * component;
    return sum;
  }
};

int main(int argc, char **argv) try {
  if (argc != 3)
    throw std::runtime_error("usage: dynamics forces.safetensors start.f32");
  forces *model = nullptr;
  check(forces_create(nullptr, &model), nullptr);
  check(forces_load(model, argv[1]), model);
  Cluster cluster(argv[2]);
  cluster.computeForces(model);
  double first = double(cluster.energy);
  for (int step = 1; step <= kSteps; ++step) {
    cluster.step(model);
    if (step % 1000 == 0) {
      double potential = double(cluster.energy) - first, kinetic = cluster.kinetic();
      std::printf("step %5d  potential %9.5f  kinetic %9.5f  total %9.5f\n", step, potential,
                  kinetic, potential + kinetic);
    }
  }
  forces_destroy(model);
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
