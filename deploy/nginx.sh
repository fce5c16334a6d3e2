#!/bin/sh
# nginx in its container: waits for the configuration and the first build, then serves the site, and
# reads the redirects and languages again whenever a build has published others.
set -eu
maps=${MAPS:-/site/public/.nginx/maps.conf}
conf=${CONF:-/etc/nginx/conf.d/site.conf}
pause=${PAUSE:-5}
main=${MAIN:-/etc/nginx/nginx.conf}

until [ -s "$conf" ] && [ -e "$maps" ]; do
  echo "waiting for the first build"
  sleep "$pause"
done

# A container has no cron, and a worker cannot signal another container: so nginx looks by itself.
# Builds that move no address leave the maps as they are, and nothing is read again. $$ is nginx.
state() { cksum <"$maps" 2>/dev/null && cksum <"$conf"; }
loaded=$(state)
(
  while sleep "$pause" && kill -0 $$ 2>/dev/null; do
    now=$(state) || continue
    if [ "$now" != "$loaded" ] && nginx -t -q -c "$main"; then
      nginx -s reload -c "$main" && loaded=$now
    fi
  done
) &
exec nginx -c "$main" -g 'daemon off;'
