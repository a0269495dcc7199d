#!/bin/sh
# salond on a private MariaDB with its default durability; as salond.sh, which looks at this name.
SALOND_PORT=${SALOND_PORT:-6696} . "$(dirname "$0")/salond.sh"
