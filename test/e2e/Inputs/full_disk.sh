# full_disk.sh FOLDER KILOBYTES COMMAND...: runs the command with a file system of so many kilobytes mounted at FOLDER, prints its
# status and what it left there.
exec unshare -rm sh -c '
folder=$1 size=$2
shift 2
mount -t tmpfs -o size="$size"k tmpfs "$folder"
"$@"
echo "status $?"
ls "$folder"' sh "$@"
