package deploy_test

import (
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheBalancerLeadsToTheGateways(t *testing.T) {
	config, p := read(t, "compose/haproxy.cfg"), project(t)
	var bound, published []string
	for _, m := range regexp.MustCompile(`(?m)^\s+bind :(\d+)`).FindAllStringSubmatch(config, -1) {
		bound = append(bound, m[1])
	}
	for _, port := range p.Services["balancer"].Ports {
		published = append(published, regexp.MustCompile(`\d+$`).FindString(strings.TrimSpace(port.Published)))
	}
	slices.Sort(bound)
	published = append(published, "8404") // which nobody outside reaches
	slices.Sort(published)
	if len(bound) != 5 || !slices.Equal(bound, published) {
		t.Errorf("it listens on %v, and %v are published", bound, published)
	}
	for _, port := range []string{"8443", "8081"} {
		if !regexp.MustCompile(`(?m)^\s+bind :` + port + ` ssl crt /run/secrets/certificate\b`).MatchString(config) {
			t.Errorf("%s does not speak TLS", port)
		}
	}
	servers := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\s+server (\S+) (\S+):(\d+)(.*)$`).FindAllStringSubmatch(config, -1) {
		servers[m[1]]++
		gateway, ok := p.Services[m[2]]
		if !ok || m[1] != m[2] {
			t.Errorf("%s is no container", m[2])
			continue
		}
		variable := "LAIR_HTTP_PORT"
		if strings.Contains(m[4], "send-proxy-v2") {
			variable = "LAIR_TCP_PORT"
		}
		if want := gateway.Environment[variable]; want == nil || *want != m[3] {
			t.Errorf("%s:%s is not its %s", m[2], m[3], variable)
		}
		if *gateway.Environment["LAIR_TCP_PROXY_PROTOCOL"] != "true" {
			t.Errorf("%s does not expect the PROXY protocol", m[2])
		}
	}
	if len(servers) != 2 || servers["gateway-1"] != 2 || servers["gateway-2"] != 2 {
		t.Errorf("%v", servers)
	}
}

func TestGatewaysTrustTheNetworkOfTheBalancer(t *testing.T) {
	p := project(t)
	subnet := p.Networks["edge"].Ipam.Config[0].Subnet
	if trusted := p.Services["gateway-1"].Environment["LAIR_TRUSTED_PROXIES"]; *trusted != subnet {
		t.Errorf("the network is %s, they trust %s", subnet, *trusted)
	}
	if _, err := netip.ParsePrefix(subnet); err != nil {
		t.Error(err)
	}
}

func TestPrometheusReadsWhatIsThere(t *testing.T) {
	config, p := read(t, "observability/prometheus/prometheus.yml"), project(t, "observability")
	names := regexp.MustCompile(`names: \[(.*)\]`).FindStringSubmatch(config)
	if names == nil {
		t.Fatal("no names")
	}
	read := strings.Split(names[1], ", ")
	for name, program := range programs {
		if program != "lair" && !slices.Contains(read, name) {
			t.Errorf("%s is not read", name)
		}
	}
	for _, m := range regexp.MustCompile(`(?:targets: \["(?:https://)?|replacement: )([a-z-]+):\d+`).FindAllStringSubmatch(config, -1) {
		if _, ok := p.Services[m[1]]; !ok && m[1] != "localhost" {
			t.Errorf("%s is no container", m[1])
		}
	}
}
