# Sourced by vbt and vba, which say what they are: $program, in $package/bin. Goes on as the program.

# etc, log and data are beside lib where deploy/install.sh put us, and in var/ of a checkout.
root=${VIBLAST_ROOT:-}
if [ -z "$root" ]; then
  case $package in
    */lib/*) root=${package%/lib/*} ;;
    *) root=$package/var ;;
  esac
fi
# It is no setting of a service, which refuses what it doesn't know.
unset VIBLAST_ROOT

if ! command -v node > /dev/null; then
  echo "$program: Node.js is missing (20.19 or newer)" >&2
  exit 5
fi
main=$package/dist/admin/run/main.js
if [ ! -f "$main" ]; then
  echo "$program: $main is missing: run \"npm run build\" in $package" >&2
  exit 5
fi

# What root starts runs as whom the data belongs to, with that user's limits.
if [ "$(id -u)" = 0 ] && [ -d "$root/data" ]; then
  owner=$(stat -c %U "$root/data")
  if [ "$owner" != root ]; then
    exec runuser -u "$owner" -- node "$main" "$program" "$root" "$@"
  fi
fi
exec node "$main" "$program" "$root" "$@"
