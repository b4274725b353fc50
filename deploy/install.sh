#!/bin/sh
# Installs Viblast's backend from the tarball that "npm pack" makes; see "install.sh --help".
set -eu

usage() {
  cat << END
usage: install.sh [--prefix FOLDER] install TARBALL    as root, on Debian and its like
       install.sh [--prefix FOLDER] upgrade TARBALL    keeps settings, and the version before
       install.sh [--prefix FOLDER] rollback           back to the version before
       install.sh [--prefix FOLDER] uninstall [--purge]

FOLDER is /opt/viblast unless told:
  bin   vbt, vba and their like
  lib   one folder for each version, and "current" and "previous", which name two of them
  etc   settings: never changed, and removed by --purge alone, as are the next two
  log   what the services say, unless systemd runs them
  data  pid files, and the portal's users
Nothing is started, stopped or started anew but by uninstall, which stops.
END
}

say() { echo "install.sh: $*"; }
fail() {
  code=$1
  shift
  echo "install.sh: $*" >&2
  exit "$code"
}

prefix=/opt/viblast
user=viblast
command=
tarball=
purge=no

while [ $# -gt 0 ]; do
  case $1 in
    --help) usage && exit 0 ;;
    --prefix)
      [ $# -gt 1 ] || fail 64 "--prefix needs a folder"
      prefix=$2
      shift
      ;;
    --purge) purge=yes ;;
    -*) fail 64 "unknown option $1" ;;
    *)
      if [ -z "$command" ]; then command=$1
      elif [ -z "$tarball" ]; then tarball=$1
      else fail 64 "unknown argument $1"; fi
      ;;
  esac
  shift
done
case $prefix in
  /?*) prefix=${prefix%/} ;;
  *) fail 64 "--prefix must be an absolute folder, not $prefix" ;;
esac
case $command in
  install | upgrade) [ -n "$tarball" ] || fail 64 "$command which TARBALL?" ;;
  rollback | uninstall) [ -z "$tarball" ] || fail 64 "$command takes no $tarball" ;;
  *) usage >&2 && exit 64 ;;
esac
[ "$purge" = no ] || [ "$command" = uninstall ] || fail 64 "--purge is for uninstall"
[ "$(id -u)" = 0 ] || fail 77 "only root can $command"

lib=$prefix/lib

# What the services run on, which Debian may have too old.
check_node() {
  command -v node > /dev/null || fail 69 "Node.js 20.19 or newer is missing: install it first"
  node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
  ' || fail 69 "Node.js 20.19 or newer is needed; $(command -v node) is $(node --version)"
}

# Takes what would be a new version apart, and names its folder by the version and the tarball, so
# that two of the same version are two.
unpack() {
  [ -f "$tarball" ] || fail 66 "there is no $tarball"
  unpacked=$(mktemp -d "$lib/.unpacking.XXXXXX")
  trap 'rm -rf "$unpacked"' EXIT
  tar -xzf "$tarball" -C "$unpacked" --strip-components=1 --no-same-owner \
    || fail 65 "$tarball cannot be unpacked"
  version=$(node -p '
    const { name, version } = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
    name === "viblast-backend" ? version : ""
  ' "$unpacked/package.json" 2> /dev/null) || version=
  if [ -z "$version" ] || [ ! -f "$unpacked/dist/admin/run/main.js" ] || [ ! -d "$unpacked/node_modules" ]; then
    fail 65 "$tarball is not what \"npm pack\" makes of Viblast's backend"
  fi
  version=$version-$(sha256sum "$tarball" | cut -c 1-8)
  chmod -R u=rwX,go=rX "$unpacked"
  if [ -d "$lib/$version" ]; then
    say "$version is here already"
  else
    mv "$unpacked" "$lib/$version"
  fi
}

# One rename: whoever starts meanwhile gets the one or the other.
point() {
  ln -sfn "$2" "$lib/.$1.new"
  mv -T "$lib/.$1.new" "$lib/$1"
}

make_user() {
  getent passwd "$user" > /dev/null && return
  useradd --system --user-group --home-dir "$prefix" --no-create-home --shell /usr/sbin/nologin "$user"
  say "made the user $user"
}

# A Node.js in root's own home, say, is none for the services.
check_node_of_user() {
  runuser -u "$user" -- node --version > /dev/null \
    || fail 69 "the user $user may not run $(command -v node): install Node.js for all users"
}

make_folders() {
  mkdir -p "$prefix/bin" "$lib" "$prefix/etc" "$prefix/log" "$prefix/data"
  # Settings have secrets in them: the services read them, and root writes them.
  chown root:"$user" "$prefix/etc" && chmod 750 "$prefix/etc"
  chown "$user:$user" "$prefix/log" "$prefix/data" && chmod 750 "$prefix/log" "$prefix/data"
}

write_setting_file() {
  [ -e "$prefix/etc/$1" ] && return
  printf '%s\n' "$2" > "$prefix/etc/$1"
  chown root:"$user" "$prefix/etc/$1" && chmod 640 "$prefix/etc/$1"
}

# The first ones alone: each node has a name of its own.
write_first_settings() {
  host=$(uname -n | tr -c 'A-Za-z0-9._\n-' - | cut -c 1-50)
  write_setting_file common.json '{ "kafka_brokers": ["127.0.0.1:9092"] }'
  for service in tracker rollup ingest; do
    write_setting_file $service.json "{ \"node_name\": \"$service@$host\" }"
  done
}

# A file of the system's, with our prefix in it.
place() {
  sed "s#/opt/viblast#$prefix#g" "$lib/current/deploy/$1" > "$2"
  chmod "$3" "$2"
}

units=/usr/local/lib/systemd/system
has_systemd() { [ -d /run/systemd/system ]; }

place_starters() {
  for path in "$lib"/current/bin/*; do
    name=${path##*/}
    case $name in *.sh) continue ;; esac
    ln -sfn "../lib/current/bin/$name" "$prefix/bin/$name"
  done
  if has_systemd; then
    mkdir -p $units
    for unit in "$lib"/current/deploy/systemd/*.service; do
      place "systemd/$(basename "$unit")" "$units/$(basename "$unit")" 644
    done
    systemctl daemon-reload
  elif [ -d /etc/init.d ]; then
    for script in viblast-tracker viblast-aggregator; do
      place init.d/$script /etc/init.d/$script 755
    done
  fi
  [ -d /etc/security/limits.d ] && place limits.conf /etc/security/limits.d/viblast.conf 644
  # An operator may have changed it.
  if [ -d /etc/logrotate.d ] && [ ! -e /etc/logrotate.d/viblast ]; then
    place logrotate /etc/logrotate.d/viblast 644
  fi
}

# All but two versions go; one from which a process still runs stays as well.
remove_old_versions() {
  for folder in "$lib"/*; do
    if [ ! -d "$folder" ] || [ -L "$folder" ]; then continue; fi
    name=${folder##*/}
    [ "$name" = "$(readlink "$lib/current")" ] && continue
    [ "$name" = "$(readlink "$lib/previous")" ] && continue
    grep -qsF "\"$folder\"" "$prefix"/data/*.pid && continue
    rm -rf "$folder"
  done
}

take_up() {
  before=$(readlink "$lib/current" || true)
  unpack
  if [ -n "$before" ] && [ "$before" != "$version" ]; then point previous "$before"; fi
  point current "$version"
  place_starters
  remove_old_versions
  say "$version is in $prefix"
}

# By their pid files, those of instances too.
stop_all() {
  for file in "$prefix"/data/*.pid; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .pid)
    case $name in
      tracker*) set -- "$prefix/bin/vbt" ;;
      portal*) continue ;;
      *) set -- "$prefix/bin/vba" --role "${name%%@*}" ;;
    esac
    case $name in *@*) set -- "$@" --instance "${name#*@}" ;; esac
    "$@" stop || fail 1 "$name cannot be stopped; nothing was removed"
  done
}

case $command in
  install)
    [ ! -L "$lib/current" ] || fail 73 "$(readlink "$lib/current") is installed: upgrade it"
    check_node
    make_user
    check_node_of_user
    make_folders
    take_up
    write_first_settings
    say "now see to $prefix/etc, and start: vbt start, vba start, or the system's services"
    ;;
  upgrade)
    [ -L "$lib/current" ] || fail 69 "nothing is installed in $prefix"
    check_node
    make_folders
    take_up
    say "restart the services, one after the other, to run it"
    ;;
  rollback)
    [ -L "$lib/previous" ] || fail 69 "there is no version before in $prefix"
    before=$(readlink "$lib/current")
    point current "$(readlink "$lib/previous")"
    point previous "$before"
    place_starters
    say "back at $(readlink "$lib/current"); restart the services to run it"
    ;;
  uninstall)
    if has_systemd; then
      # One after the other: disable takes no patterns.
      for unit in "$units"/viblast-*.service; do
        [ -e "$unit" ] || continue
        systemctl disable --now "$(basename "$unit")" || say "could not stop $(basename "$unit")"
        rm "$unit"
      done
      systemctl daemon-reload
    fi
    stop_all
    for script in viblast-tracker viblast-aggregator; do
      [ -e /etc/init.d/$script ] || continue
      if command -v update-rc.d > /dev/null; then update-rc.d -f $script remove; fi
      rm /etc/init.d/$script
    done
    rm -rf "${prefix:?}/lib" "${prefix:?}/bin"
    rm -f /etc/security/limits.d/viblast.conf /etc/logrotate.d/viblast
    if [ "$purge" = yes ]; then
      rm -rf "${prefix:?}/etc" "${prefix:?}/log" "${prefix:?}/data"
      if getent passwd "$user" > /dev/null; then userdel "$user"; fi
      rmdir "$prefix" 2> /dev/null || true
      say "nothing is left"
    else
      say "$prefix has settings, logs and data still; --purge removes them"
    fi
    ;;
esac
