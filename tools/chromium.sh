#!/bin/sh
# Chromium and a Chinese font for `make test-browser`: says what is there, installs both from Debian where root may.
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" > /dev/null; then
    echo "$($name --version --no-sandbox 2> /dev/null | head -n 1) is here"
    exit 0
  fi
done
if command -v apt-get > /dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing chromium and fonts-noto-cjk from Debian ..."
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq > /dev/null && apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk > /dev/null; then
    exit 0
  fi
  echo "apt-get could not install chromium; the browser tests will be skipped"
  exit 0
fi
echo "No chromium here, and it takes root and apt-get to install it: apt install chromium fonts-noto-cjk. The browser tests will be skipped."
