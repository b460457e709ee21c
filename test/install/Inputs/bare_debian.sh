#!/bin/sh
# A Debian 12 with nothing in it but what debootstrap puts there, and what a newcomer types: bare_debian.sh PACKAGES FOLDER ROOT
# PACKAGES: the .deb and the wheel; FOLDER: where the system goes; ROOT: of the repository. The sources of packages, the certificates and
# the settings of pip are this machine's. To be run in a mount namespace of its own.
set -e
packages=$1 folder=$2 root=$3
debian=$folder/debian
debootstrap --variant=minbase --include=ca-certificates bookworm "$debian" >"$folder/debootstrap.log"
for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt /etc/pip.conf /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
  [ ! -e $file ] || install -D -m 644 $file "$debian$file"
done
mount --bind /proc "$debian/proc"
mkdir -p "$debian/newcomer"
cp "$packages"/mlc*.whl "$packages"/mlc*.deb "$debian/newcomer"
/usr/bin/python3 "$root/test/python/Inputs/readme_program.py" "$root/tools/python/README.md" "$debian/newcomer/digits.py" --as-it-is
/usr/bin/python3 "$root/test/languages/Inputs/paste.py" "$root/docs/from-cpp.md" "$debian/newcomer/page"

enter() { chroot "$debian" env -i HOME=/newcomer PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive sh -ec "cd /newcomer && $1"; }
enter "apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv" >"$folder/apt-python.log" 2>&1
enter "! command -v cc && ! command -v ld && echo 'no compiler here'"
enter "python3 -m venv env"
start=$(date +%s)
enter "env/bin/pip install -q ./mlc*.whl scikit-learn && env/bin/python digits.py"
echo "Python: $(($(date +%s) - start)) seconds from nothing"

enter "apt-get install -y -qq --no-install-recommends cmake make g++ && apt-get install -y -qq --no-install-recommends ./mlc*.deb" >"$folder/apt-cpp.log" 2>&1
start=$(date +%s)
enter "cd page && sh paste.sh" 2>/dev/null
echo "C++: $(($(date +%s) - start)) seconds"
umount "$debian/proc"
