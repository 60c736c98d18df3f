package deploy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
)

// gates is what may come to a pod and go out of it: ports, and who is at the other end.
func (r rendered) gates(who pod) (in, out []string) {
	for _, n := range r.policies() {
		if !selects(n.Spec.PodSelector.MatchLabels, who.labels) {
			continue
		}
		for _, rule := range n.Spec.Ingress {
			in = append(in, ports(rule.Ports)+" "+r.ends(rule.From))
		}
		for _, rule := range n.Spec.Egress {
			out = append(out, ports(rule.Ports)+" "+r.ends(rule.To))
		}
	}
	return in, out
}

func ports(all []networkingv1.NetworkPolicyPort) string {
	var text []string
	for _, p := range all {
		text = append(text, map[bool]string{true: "udp:"}[*p.Protocol == "UDP"]+p.Port.String())
	}
	return strings.Join(text, ",")
}

// ends tells who the peers of a rule are. No peers are everybody.
func (r rendered) ends(peers []networkingv1.NetworkPolicyPeer) string {
	var text []string
	for _, p := range peers {
		switch {
		case p.IPBlock != nil:
			text = append(text, p.IPBlock.CIDR)
		case p.NamespaceSelector != nil:
			text = append(text, strings.Join(slices.Sorted(maps.Values(p.NamespaceSelector.MatchLabels)), ","))
		case len(p.PodSelector.MatchLabels) == 0 && len(p.PodSelector.MatchExpressions) == 0:
			text = append(text, "neighbours")
		default:
			for _, other := range r.pods() {
				if selects(p.PodSelector.MatchLabels, other.labels) {
					text = append(text, other.labels["app.kubernetes.io/component"])
				}
			}
		}
	}
	if len(peers) == 0 {
		return "everybody"
	}
	return strings.Join(text, ",")
}

func TestNetworkPoliciesLetThroughWhatIsNeededAndNothingElse(t *testing.T) {
	const names = "udp:53,53 everybody"
	services := func(metrics, database, redis string, more ...string) map[string][2][]string {
		return map[string][2][]string{
			"auth":     {{"7000 gateway,room,message", metrics}, append([]string{names, database, redis}, more...)},
			"room":     {{"7000 gateway", metrics}, append([]string{names, "7000 auth", database, redis}, more...)},
			"message":  {{"7000 gateway", metrics}, append([]string{names, "7000 auth", database, redis}, more...)},
			"presence": {{"7000 gateway", metrics}, append([]string{names, redis}, more...)},
			"gateway":  {{"8082 everybody", metrics}, append([]string{names, "7000 auth,room,message,presence", redis}, more...)},
			"migrate":  {nil, append([]string{names, database}, more...)},
		}
	}
	all := services("9090 monitoring", "5432 192.0.2.10/32", "6379 everybody", "4317 everybody")
	all["gateway"] = [2][]string{{"8082,8080,8443 ingress-nginx", "9090 monitoring"}, all["gateway"][1]}
	for name, want := range map[string]map[string][2][]string{
		"minimal":    services("9090 neighbours", "5432 everybody", "6379 everybody"),
		"sentinel":   services("9090 neighbours", "5432 everybody", "6379,26379 redis"),
		"everything": all,
	} {
		t.Run(name, func(t *testing.T) {
			all := good(t, name)
			seen := map[string]bool{}
			for _, p := range all.pods() {
				component := p.labels["app.kubernetes.io/component"]
				seen[component] = true
				in, out := all.gates(p)
				if got := [2][]string{in, out}; fmt.Sprint(got) != fmt.Sprint(want[component]) {
					t.Errorf("%s: in and out go\n%q, and not\n%q", component, got, want[component])
				}
			}
			if len(seen) != len(want) {
				t.Errorf("the pods are %v", seen)
			}
			for _, n := range all.policies() {
				if !slices.Equal(n.Spec.PolicyTypes, []networkingv1.PolicyType{"Ingress", "Egress"}) {
					t.Errorf("%s is for %v only", n.Name, n.Spec.PolicyTypes)
				}
			}
		})
	}
}

func TestNobodyReadsMetricsIfNobodyIsNamed(t *testing.T) {
	all, err := render(with(t, "networkPolicy: {metrics: []}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all.pods() {
		if in, _ := all.gates(p); slices.ContainsFunc(in, func(rule string) bool { return strings.Contains(rule, "9090") }) {
			t.Errorf("to %s come %v", p.name, in)
		}
	}
}

func TestPortsOfAddressesAreOpen(t *testing.T) {
	const pooled = "secrets: {databaseUrl: 'postgres://lair:x@db:6432/lair'}"
	for name, set := range map[string]string{
		"no policy":      pooled + "\nnetworkPolicy: {enabled: false}",
		"another port":   pooled + "\nnetworkPolicy: {database: {ports: [5432, 6432]}}",
		"in the query":   "secrets: {databaseUrl: 'postgres:///lair?host=db&port=6432'}",
		"no port":        "secrets: {databaseUrl: 'postgres://db/lair', redisUrl: 'rediss://redis/1'}",
		"escaped":        "secrets: {databaseUrl: 'postgres://lair:p%2Fa%3As@db:5432/lair', redisUrl: 'redis://ann:p@ss@redis:6379'}",
		"address":        "secrets: {databaseUrl: 'postgres://[fd00::5]:5432/lair', redisUrl: 'redis://[fd00::6]'}",
		"other collect":  "tracing: {endpoint: 'http://collector:4318/'}\nnetworkPolicy: {tracing: {ports: [4318]}}",
		"https, no port": "tracing: {endpoint: 'https://collector'}\nnetworkPolicy: {tracing: {ports: [443]}}",
	} {
		t.Run(name, func(t *testing.T) {
			if err := wrong(with(t, set)); err != nil {
				t.Error(err)
			}
		})
	}
}
