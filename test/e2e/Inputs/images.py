"""Random images and labels of the mlp's shape, in the folder given; as many as said."""
import sys

import numpy

folder, count = sys.argv[1], int(sys.argv[2])
random = numpy.random.RandomState(3)
centers = random.rand(10, 784)
label = random.randint(0, 10, count).astype("i4")
numpy.save(f"{folder}/label.npy", label)
numpy.save(f"{folder}/x.npy", (centers[label] + 0.3 * random.randn(count, 784)).astype("f4"))
