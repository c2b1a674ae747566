#!/bin/sh
# GradLab @VERSION@ for Linux: installs itself for one person, without being root. What comes after the script is packed.
set -eu

usage() {
    cat <<END
usage: sh $(basename "$0") [--prefix DIR] [--quiet] [--uninstall]

Installs GradLab @VERSION@ below DIR (by default ~/.local): the program into DIR/opt/gradlab, a link to it into DIR/bin,
and an entry into the menu. Nobody needs to be root.

  --prefix DIR   where to install
  --quiet        ask and tell nothing
  --uninstall    take it away again; your settings and runs stay
END
}

prefix="${HOME}/.local"
quiet=no
uninstall=no
while [ $# -gt 0 ]; do
    case "$1" in
        --prefix) [ $# -ge 2 ] || { usage >&2; exit 2; }; prefix="$2"; shift ;;
        --quiet) quiet=yes ;;
        --uninstall) uninstall=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

say() { [ "$quiet" = yes ] || echo "$1"; }
fail() { echo "gradlab: $1" >&2; exit 1; }

case "$prefix" in /*) ;; *) prefix="$(pwd)/$prefix" ;; esac
home="$prefix/opt/gradlab"
icons="16 24 32 48 64 128 256 512"

refresh() {  # menus see what is new without this too, only later
    update-desktop-database "$prefix/share/applications" 2>/dev/null || true
    update-mime-database "$prefix/share/mime" 2>/dev/null || true
}

remove() {
    rm -rf "$home"
    rm -f "$prefix/bin/gradlab" "$prefix/share/applications/gradlab.desktop" "$prefix/share/mime/packages/gradlab.xml" \
        "$prefix/share/metainfo/org.gradlab.GradLab.metainfo.xml" "$prefix/share/icons/hicolor/scalable/apps/gradlab.svg"
    for size in $icons; do
        rm -f "$prefix/share/icons/hicolor/${size}x${size}/apps/gradlab.png"
    done
}

if [ "$uninstall" = yes ]; then
    [ -e "$home/gradlab" ] || fail "there is no GradLab in $home"
    remove
    refresh
    say "GradLab is gone from $home. Your settings and runs are still there."
    exit 0
fi

[ "$(uname -m)" = x86_64 ] || fail "this is for x86_64, and this machine is $(uname -m)"
command -v xz >/dev/null || fail "the program xz is needed to unpack it; install xz-utils"
payload() { tail -n +@LINES@ "$0"; }

[ "$(payload | sha256sum | cut -d' ' -f1)" = "@SHA256@" ] || fail "this file is damaged; get it again"

say "Installing GradLab @VERSION@ into $home …"
mkdir -p "$prefix/opt" || fail "$prefix cannot be written to"
new="$(mktemp -d "$prefix/opt/gradlab-XXXXXX")"
trap 'rm -rf "$new"' EXIT
payload | xz -dc | tar -xf - -C "$new" --no-same-owner
# Unpacked whole: only now the one before goes.
[ ! -e "$home" ] || remove
chmod 755 "$new/program"
mv "$new/program" "$home"
mkdir -p "$prefix/bin"
ln -sf "$home/gradlab" "$prefix/bin/gradlab"
escaped="$(printf '%s' "$home/gradlab" | sed 's/[\\&|]/\\&/g')"
sed "s|@PROGRAM@|$escaped|" "$new/desktop/share/applications/gradlab.desktop" > "$new/entry"
mv "$new/entry" "$new/desktop/share/applications/gradlab.desktop"
cp -R "$new/desktop/share" "$prefix/"
refresh
say "Done. Start it from the menu, or with $prefix/bin/gradlab"
exit 0
