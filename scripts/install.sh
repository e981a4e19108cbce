#!/bin/sh
# Installs the command `signer` from a release, after checking its signature and its SHA-256.
#
#     sh install.sh [--version 1.2.3] [--to /usr/local/bin] [--from URL] [--checksum-only]
#
# The list of checksums is signed without a key, by Sigstore: `cosign` or `gh` (with `gh attestation`) verifies that
# the workflow of this repository signed it. Without either, nothing is installed, unless --checksum-only is given:
# a checksum from the same place as the file finds damage, but no forgery.
set -eu

# The release workflow fills in the repository and the version.
repository=${SIGNER_REPOSITORY:-@REPOSITORY@}
version=@VERSION@
folder=/usr/local/bin
from=
checksum_only=false

fail() {
  echo "install.sh: error: $1" >&2
  [ $# -lt 2 ] || echo "install.sh: hint: $2" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --version | --to | --from) [ $# -gt 1 ] || fail "$1 takes a value" ;;
  esac
  case $1 in
    --version) version=$2; shift ;;
    --to) folder=$2; shift ;;
    --from) from=$2; shift ;;
    --checksum-only) checksum_only=true ;;
    -h | --help)
      echo "Usage: install.sh [--version 1.2.3] [--to /usr/local/bin] [--from URL] [--checksum-only]"
      exit 0
      ;;
    *) fail "there is no option $1" "--version, --to, --from, --checksum-only" ;;
  esac
  shift
done

case $version in
  @*) fail "this is the script of the sources, which has no version" "Name one with --version" ;;
esac
case $(uname -s)-$(uname -m) in
  Linux-x86_64) target=linux-x86_64 ;;
  Linux-aarch64 | Linux-arm64) target=linux-aarch64 ;;
  *) fail "there is no release for $(uname -s) on $(uname -m)" "Use the npm package, which needs Node.js" ;;
esac
for command in curl sha256sum mktemp; do
  command -v "$command" >/dev/null || fail "$command is not installed"
done
if [ ! -d "$folder" ] || [ ! -w "$folder" ]; then
  fail "$folder is not a folder that you can write to" "Name one with --to, or use sudo"
fi
from=${from:-https://github.com/$repository/releases/download/v$version}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
file=signer-$version-$target
for name in "$file" SHA256SUMS SHA256SUMS.sigstore.json; do
  curl --fail --silent --show-error --location --output "$work/$name" "$from/$name" ||
    fail "$from/$name cannot be downloaded" "Is $version a release?"
done

identity="https://github.com/$repository/.github/workflows/release.yml@refs/tags/v$version"
issuer=https://token.actions.githubusercontent.com
if $checksum_only; then
  echo "install.sh: warning: the signature is not checked (--checksum-only)" >&2
elif command -v cosign >/dev/null; then
  cosign verify-blob --bundle "$work/SHA256SUMS.sigstore.json" --certificate-identity "$identity" \
    --certificate-oidc-issuer "$issuer" "$work/SHA256SUMS" >&2 ||
    fail "the signature of SHA256SUMS is not that of release $version of $repository" "Do not use these files"
elif command -v gh >/dev/null; then
  gh attestation verify "$work/$file" --repo "$repository" --signer-workflow "$repository/.github/workflows/release.yml" >&2 ||
    fail "$file is not attested by $repository" "Do not use this file"
else
  fail "the signature cannot be checked: neither cosign nor gh is installed" "Install one, or accept the risk with --checksum-only"
fi

expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$file\$/\1/p" "$work/SHA256SUMS")
[ -n "$expected" ] || fail "SHA256SUMS does not name $file"
found=$(sha256sum <"$work/$file")
[ "${found%% *}" = "$expected" ] || fail "$file is damaged: its SHA-256 is not that of SHA256SUMS" "Download it again"

# Renamed within the folder, so that a running server keeps its file.
cp "$work/$file" "$folder/.signer-$$"
chmod 755 "$folder/.signer-$$"
mv "$folder/.signer-$$" "$folder/signer"
echo "Installed signer $version as $folder/signer"
