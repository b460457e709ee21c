"""Files that `mlc-run` must refuse, each for another reason: bad_files.py FOLDER, after toy_data.py."""
import sys
import zipfile

import numpy

folder = sys.argv[1]
x = open(f"{folder}/x.npy", "rb").read()


def write(name, data):
    with open(f"{folder}/{name}", "wb") as file:
        file.write(data)


write("version.npy", x[:6] + b"\x09" + x[7:])
write("header.npy", x[:20])
write("short.npy", x[:-4])
write("long.npy", x + b"0000")
write("malformed.npy", x.replace(b"'descr'", b"'other'"))
write("text.npy", b"1 2 3 4\n")
with open(f"{folder}/huge.npy", "wb") as file:
    numpy.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (1 << 40, 1 << 40)})
numpy.save(f"{folder}/big_endian.npy", numpy.ones((5, 4), ">f4"))
numpy.save(f"{folder}/complex.npy", numpy.ones((5, 4), "c8"))
numpy.save(f"{folder}/records.npy", numpy.zeros(5, [("a", "f4"), ("b", "f4")]))
numpy.save(f"{folder}/empty.npy", numpy.zeros((0, 4), "f4"))
numpy.save(f"{folder}/no_target.npy", numpy.zeros(0, "f4"))
numpy.save(f"{folder}/four.npy", numpy.zeros((4, 4), "f4"))
numpy.save(f"{folder}/wide.npy", numpy.zeros((5, 3), "f4"))
numpy.savez(f"{folder}/two.npz", a=numpy.ones((5, 4), "f4"), b=numpy.ones((5, 4), "f4"))
write("cut.npz", open(f"{folder}/two.npz", "rb").read()[:-30])
write("far.npz", b"PK\5\6" + bytes(12) + b"\xff" * 4 + bytes(2))
with zipfile.ZipFile(f"{folder}/bzip2.npz", "w", zipfile.ZIP_BZIP2) as archive:
    archive.writestr("x.npy", x)
