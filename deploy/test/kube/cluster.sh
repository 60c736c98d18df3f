#!/usr/bin/env bash
# A Kubernetes of one node for scripts/test-kube.sh, which runs this as the first
# process of namespaces of its own: cluster.sh DATA. When it ends, all of it ends.
# Its network has no way out: the node is 10.97.0.1, pods are in 10.244.0.0/24, Services
# in 10.96.0.0/16.
set -euo pipefail
kube=$1
node=10.97.0.1
export PATH=$kube/bin:$kube/debian/usr/bin:$PATH

# What is written to usual places is written elsewhere.
mkdir -p "$kube/run"
mount --bind "$kube/run" /var/lib
mount --bind "$kube/logs" /var/log
mount -t tmpfs tmpfs /run
cp -R deploy/test/kube /run/kube
cp -R "$kube/debian/usr/lib/cni" /run/kube/plugins
cp -R "$kube/kinds" /run/kube/kinds
ip link set lo up
ip link add node type bridge
ip address add $node/24 dev node
ip link set node up
ip route add default dev node
sysctl -qw net.ipv4.ip_forward=1
echo "nameserver $node" >/run/kube/resolv.conf

bg() {
	local name=$1
	shift
	"$@" >"/var/log/$name.log" 2>&1 &
}
fail() {
	echo "test-kube: $*; the logs are in $kube/logs" >&2
	exit 1
}
# until what waits until a command succeeds.
until_() {
	local what=$1
	shift
	for _ in {1..600}; do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
	fail "$what"
}

cd /run/kube
token=$(openssl rand -hex 16)
echo "$token,admin,admin,system:masters" >tokens.csv
openssl genrsa -out accounts.key 2048 2>/dev/null
issue() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 "$@" 2>/dev/null; }
# The gateways' certificate, for clients that come to the node.
issue -subj /CN=gateway -addext "subjectAltName=IP:$node" -keyout tls.key -out tls.crt
# What programs prove to each other with, if MTLS is true.
mkdir mtls
issue -subj /CN=authority -keyout mtls/ca.key -out mtls/ca.crt
for c in auth room message presence gateway; do
	issue -subj "/CN=lair-$c" -CA mtls/ca.crt -CAkey mtls/ca.key -addext "subjectAltName=DNS:lair-$c" -addext basicConstraints=critical,CA:FALSE \
		-addext extendedKeyUsage=serverAuth,clientAuth -keyout "mtls/$c.key" -out "mtls/$c.crt"
done
export KUBECONFIG=/run/kube/kubeconfig HELM_CACHE_HOME=/run/kube/helm HELM_CONFIG_HOME=/run/kube/helm HELM_DATA_HOME=/run/kube/helm
cat >kubeconfig <<EOF
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: test, context: {cluster: test, user: admin}}]
current-context: test
EOF

bg etcd etcd --data-dir /var/lib/etcd --unsafe-no-fsync
bg apiserver kube-apiserver --etcd-servers http://127.0.0.1:2379 --advertise-address $node --cert-dir /run/kube/certs \
	--service-cluster-ip-range 10.96.0.0/16 --service-account-issuer https://kubernetes.default.svc \
	--service-account-key-file accounts.key --service-account-signing-key-file accounts.key \
	--authorization-mode Node,RBAC --token-auth-file tokens.csv --allow-privileged \
	--kubelet-preferred-address-types InternalIP
until_ "the API server does not start" kubectl get --raw /readyz
cd "$OLDPWD"
values=(deploy/test/kube/values.yaml)
kube objects "${values[@]}"

began=$SECONDS
bg containerd containerd -c /run/kube/containerd.toml
cd /run/kube
bg controllers kube-controller-manager --kubeconfig kubeconfig --service-account-private-key-file accounts.key \
	--root-ca-file certs/apiserver.crt --leader-elect=false
bg scheduler kube-scheduler --kubeconfig kubeconfig --leader-elect=false
bg dns dns -conf Corefile
until_ "containerd does not start" ctr version
ctr -n k8s.io images import "$kube/images.tar" >/dev/null
bg kubelet kubelet --kubeconfig kubeconfig --config kubelet.yaml --hostname-override node --node-ip $node
bg proxy kube-proxy --kubeconfig kubeconfig --cluster-cidr 10.244.0.0/16 --hostname-override node --conntrack-max-per-core 0
until_ "the node does not become ready" kubectl wait --for=condition=Ready node/node --timeout=1s
cd "$OLDPWD"
echo "a node with $(kubectl version -o json | sed -n 's/.*"gitVersion": "\(.*\)".*/Kubernetes \1/p' | tail -1) is ready in $((SECONDS - began)) s"
[ "${MTLS:-}" != true ] || values+=(deploy/test/kube/mtls.yaml)
kube chat "${values[@]}" || {
	kubectl get pods,events -A -o wide >/var/log/state.txt 2>&1
	for p in $(kubectl -n chat get pods -o name); do kubectl -n chat logs --tail 200 --prefix "$p"; done >/var/log/pods.txt 2>&1
	kubectl get pods -A >&2
	fail "failed"
}
