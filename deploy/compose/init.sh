#!/usr/bin/env bash
# Makes what docker-compose.yml needs and nobody else may know, in the folder
# secrets beside this file. What is there already stays, so it may be run again.
#
#   init.sh                          makes a self-signed certificate for localhost
#   init.sh -name chat.example.org   makes one for that name
#   init.sh -cert FILE -key FILE     takes yours (PEM; the chain in one file)
#
# Run it with -cert and -key again to put a new certificate in the place of the old
# one. The load balancer takes it, and keeps those who are connected, with:
#   docker compose exec -T balancer sh -c 'kill -USR2 1'
#
# The services prove to each other with certificates what they are. An authority of
# their own, made here too, vouches for them; they last for 825 days.
#
#   init.sh -renew                   makes new ones; the services notice by themselves
set -euo pipefail
umask 077
name=localhost cert='' key='' renew=''
usage() { echo "Usage: init.sh [-name HOST | -cert FILE -key FILE] [-renew]" >&2; exit 2; }
while [ $# -gt 0 ]; do
	if [ "$1" = -renew ]; then renew=1; shift; continue; fi
	[ $# -ge 2 ] || usage
	case $1 in
	-name) name=$2 ;;
	-cert) cert=$(realpath -- "$2") ;;
	-key) key=$(realpath -- "$2") ;;
	*) usage ;;
	esac
	shift 2
done
[ -z "$cert" ] && [ -z "$key" ] || { [ -n "$cert" ] && [ -n "$key" ]; } || usage
cd "$(dirname "$0")"

command -v openssl >/dev/null || { echo "init.sh needs openssl" >&2; exit 1; }
mkdir -p secrets

# put FILE writes standard input to a file that is not there yet. Users other
# than root can read it in containers; the folder keeps those of this machine out.
put() {
	if [ -s "secrets/$1" ]; then cat >/dev/null; return; fi
	cat >"secrets/$1.new"
	chmod 444 "secrets/$1.new"
	mv "secrets/$1.new" "secrets/$1"
	echo "made secrets/$1"
}
random() { openssl rand -hex 32; }

# replace FILE writes standard input into a file that is there: containers have the
# file itself, not its name.
replace() {
	if [ ! -s "secrets/$1" ]; then put "$1"; return; fi
	chmod 644 "secrets/$1"
	cat >"secrets/$1"
	chmod 444 "secrets/$1"
	echo "renewed secrets/$1"
}

random | put cluster_key
random | put jwt_secret
random | put database_password
random | put redis_password
random | put grafana_password
put database_url <<<"postgres://lair:$(<secrets/database_password)@postgres:5432/lair?sslmode=disable"
put redis_url <<<"redis://:$(<secrets/redis_password)@redis:6379"
put redis_exporter <<<"{\"redis://redis:6379\": \"$(<secrets/redis_password)\"}"
put redis_conf <<EOF
bind * -::*
requirepass $(<secrets/redis_password)
save ""
appendonly no
maxmemory-policy noeviction
EOF

if [ -n "$cert" ]; then
	openssl x509 -in "$cert" -noout || { echo "init.sh: $cert has no certificate" >&2; exit 1; }
	if [ "$(openssl x509 -in "$cert" -noout -pubkey)" != "$(openssl pkey -in "$key" -pubout)" ]; then
		echo "init.sh: $key is not the key of $cert" >&2
		exit 1
	fi
	cat "$cert" "$key" | replace certificate.pem
elif [ ! -s secrets/certificate.pem ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=$name" \
		-addext "subjectAltName=DNS:$name,DNS:localhost,IP:127.0.0.1" \
		-keyout secrets/key.new -out secrets/cert.new 2>/dev/null
	cat secrets/cert.new secrets/key.new | put certificate.pem
	rm -f secrets/cert.new secrets/key.new
	echo "the certificate is self-signed: clients have to be told to trust it"
fi

# The authority of the services. Its key stays in the folder and is in no container.
serial() { echo "0x5$(openssl rand -hex 15)"; }
if [ ! -s secrets/internal_ca ] || [ ! -s secrets/internal_ca_key ]; then
	cat >secrets/conf.new <<EOF
[req]
distinguished_name = dn
x509_extensions = authority
prompt = no
[dn]
CN = Lair Chat services
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
EOF
	openssl req -x509 -config secrets/conf.new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
		-set_serial "$(serial)" -keyout secrets/key.new -out secrets/cert.new 2>/dev/null
	rm -f secrets/internal_ca secrets/internal_ca_key
	put internal_ca_key <secrets/key.new
	put internal_ca <secrets/cert.new
	chmod 400 secrets/internal_ca_key
	renew=1
fi
for role in auth room message presence gateway; do
	if [ -s "secrets/${role}_crt" ] && [ -s "secrets/${role}_key" ] && [ -z "$renew" ]; then continue; fi
	cat >secrets/conf.new <<EOF
subjectAltName = DNS:lair-$role
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
EOF
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=lair-$role" \
		-keyout secrets/key.new -out secrets/request.new 2>/dev/null
	openssl x509 -req -in secrets/request.new -CA secrets/internal_ca -CAkey secrets/internal_ca_key \
		-set_serial "$(serial)" -days 825 -extfile secrets/conf.new -out secrets/cert.new 2>/dev/null
	replace "${role}_key" <secrets/key.new
	replace "${role}_crt" <secrets/cert.new
done
rm -f secrets/conf.new secrets/key.new secrets/request.new secrets/cert.new

env=../../.env
if [ ! -e "$env" ]; then
	cat >"$env" <<EOF
# Settings of docker-compose.yml. Remove the # to change one.
#TAG=dev
#HTTPS_PORT=8443
#TCPS_PORT=8081
#TCP_PORT=8080
#HTTP_PORT=8082
#GRAFANA_PORT=3000
#LOG_LEVEL=info
#HSTS_MAX_AGE=0s
#CORS_ORIGINS=https://chat.example.org
#ROOM_PURGE_AFTER=720h
#OTLP_ENDPOINT=http://collector:4317
#TRACE_SAMPLE=0.01
# Of the network between load balancer and gateways; must be free on this machine.
#EDGE_SUBNET=10.213.71.0/28
EOF
	echo "made .env"
fi
echo "ready: docker compose up -d"
