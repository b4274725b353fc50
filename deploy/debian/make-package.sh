#!/bin/sh
# Makes a Debian package of the tarball that "npm pack" makes: make-package.sh TARBALL [PACKAGE].
# It has the tarball in it, and install.sh, by which it installs, upgrades and removes.
set -eu

fail() {
  code=$1
  shift
  echo "make-package.sh: $*" >&2
  exit "$code"
}

[ $# -ge 1 ] && [ $# -le 2 ] || fail 64 "usage: make-package.sh TARBALL [PACKAGE]"
tarball=$1
package=${2:-viblast-backend.deb}
[ -f "$tarball" ] || fail 66 "there is no $tarball"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
share=$root/usr/share/viblast-backend
mkdir -p "$share" "$root/DEBIAN"
cp "$tarball" "$share/viblast-backend.tgz"
tar -xzf "$tarball" -C "$share" --no-same-owner --wildcards --strip-components=2 '*/deploy/install.sh' \
  || fail 65 "$tarball is not what \"npm pack\" makes of Viblast's backend"
# What npm calls a pre-release comes before the release, and so does a tilde to dpkg.
version=$(tar -xzOf "$tarball" package/package.json | grep -o '"version": *"[^"]*"' | head -n 1 \
  | cut -d '"' -f 4 | tr - '~')
[ -n "$version" ] || fail 65 "$tarball has no version"

cat > "$root/DEBIAN/control" << END
Package: viblast-backend
Version: $version
Architecture: all
Maintainer: Viblast backend <viblast@localhost>
Section: net
Priority: optional
Recommends: nodejs (>= 20.19)
Description: backend for peer-assisted video delivery
 Trackers introduce viewers to one another, rollups count them exactly, minute
 by minute. Needs Node.js 20.19 or newer, wherever that comes from.
END

cat > "$root/DEBIAN/postinst" << 'END'
#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
share=/usr/share/viblast-backend
command=install
if [ -L /opt/viblast/lib/current ]; then command=upgrade; fi
exec sh $share/install.sh $command $share/viblast-backend.tgz
END

cat > "$root/DEBIAN/prerm" << 'END'
#!/bin/sh
set -e
[ "$1" = remove ] && [ -L /opt/viblast/lib/current ] || exit 0
exec sh /usr/share/viblast-backend/install.sh uninstall
END

cat > "$root/DEBIAN/postrm" << 'END'
#!/bin/sh
set -e
[ "$1" = purge ] || exit 0
rm -rf /opt/viblast/etc /opt/viblast/log /opt/viblast/data
if getent passwd viblast > /dev/null; then userdel viblast; fi
rmdir /opt/viblast 2> /dev/null || true
END

chmod -R u=rwX,go=rX "$root"
chmod 755 "$root"/DEBIAN/postinst "$root"/DEBIAN/prerm "$root"/DEBIAN/postrm
dpkg-deb --root-owner-group --build "$root" "$package"
