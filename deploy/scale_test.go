package deploy_test

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
)

func TestAutoscalersAimAtCPUAndConnections(t *testing.T) {
	all := good(t, "everything")
	scaled := map[string]*autoscalingv2.HorizontalPodAutoscaler{}
	for _, h := range of[*autoscalingv2.HorizontalPodAutoscaler](all) {
		scaled[h.Spec.ScaleTargetRef.Name] = h
	}
	for _, d := range of[*appsv1.Deployment](all) {
		h := scaled[d.Name]
		if h == nil || h.Spec.ScaleTargetRef.Kind != "Deployment" || h.Spec.ScaleTargetRef.APIVersion != "apps/v1" {
			t.Fatalf("nothing scales %s", d.Name)
		}
		if d.Spec.Replicas != nil {
			t.Errorf("each upgrade would bring %s back to %d pods", d.Name, *d.Spec.Replicas)
		}
		most := map[bool]int32{true: 30, false: 9}[d.Name == "lair-gateway"]
		if *h.Spec.MinReplicas != 3 || h.Spec.MaxReplicas != most {
			t.Errorf("%s has %d to %d pods", d.Name, *h.Spec.MinReplicas, h.Spec.MaxReplicas)
		}
		if down := h.Spec.Behavior.ScaleDown.Policies; len(down) != 1 || down[0].Type != autoscalingv2.PodsScalingPolicy || down[0].Value != 1 || down[0].PeriodSeconds != 120 {
			t.Errorf("%s shrinks by %v", d.Name, down)
		}
		aims := h.Spec.Metrics
		if cpu := aims[0].Resource; cpu.Name != corev1.ResourceCPU || *cpu.Target.AverageUtilization != 60 {
			t.Errorf("%s: %v", d.Name, cpu)
		}
		if _, there := d.Spec.Template.Spec.Containers[0].Resources.Requests[corev1.ResourceCPU]; !there {
			t.Errorf("%s asks for no share of a processor to aim at", d.Name)
		}
		if d.Name != "lair-gateway" {
			if len(aims) != 1 {
				t.Errorf("%s aims at %v", d.Name, aims)
			}
			continue
		}
		if len(aims) != 2 || aims[1].Pods.Metric.Name != "lair_gateway_connections" || aims[1].Pods.Target.AverageValue.Value() != 8000 {
			t.Errorf("gateways aim at %v", aims[1:])
		}
		if !strings.Contains(read(t, "../docs/metrics.md"), "| `lair_gateway_connections` |") {
			t.Error("gateways have no such metric")
		}
	}
	if len(scaled) != len(roles) {
		t.Errorf("%d autoscalers", len(scaled))
	}
}

func TestWithoutAutoscalersReplicasCount(t *testing.T) {
	all, err := render(with(t, "gateway: {replicas: 5}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range of[*appsv1.Deployment](all) {
		if want := map[bool]int32{true: 5, false: 2}[d.Name == "lair-gateway"]; *d.Spec.Replicas != want {
			t.Errorf("%s has %d pods", d.Name, *d.Spec.Replicas)
		}
	}
	if n := len(of[*autoscalingv2.HorizontalPodAutoscaler](all)); n != 0 {
		t.Errorf("%d autoscalers", n)
	}
}

func TestEachDeploymentHasABudgetAndIsSpread(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		for _, d := range of[*appsv1.Deployment](all) {
			labels, budgets := d.Spec.Template.Labels, 0
			for _, b := range of[*policyv1.PodDisruptionBudget](all) {
				if !selects(b.Spec.Selector.MatchLabels, labels) {
					continue
				}
				budgets++
				if b.Spec.MaxUnavailable.String() != "1" || *b.Spec.UnhealthyPodEvictionPolicy != policyv1.AlwaysAllow {
					t.Errorf("the budget of %s is %v", d.Name, b.Spec)
				}
			}
			if want := map[bool]int{false: 1}[strings.HasSuffix(t.Name(), "/existing")]; budgets != want {
				t.Errorf("%s has %d budgets", d.Name, budgets)
			}
			over := map[string]bool{}
			for _, c := range d.Spec.Template.Spec.TopologySpreadConstraints {
				over[c.TopologyKey] = c.MaxSkew == 1 && c.WhenUnsatisfiable == corev1.ScheduleAnyway
				for _, p := range all.pods() {
					own := p.labels["app.kubernetes.io/component"] == labels["app.kubernetes.io/component"]
					if selects(c.LabelSelector.MatchLabels, p.labels) != own {
						t.Errorf("%s is spread by where %s is: %t", d.Name, p.name, !own)
					}
				}
			}
			if len(over) != 2 || !over[corev1.LabelTopologyZone] || !over[corev1.LabelHostname] {
				t.Errorf("%s is spread over %v", d.Name, over)
			}
		}
	})
}

// port returns a port of a Service by its name.
func (r rendered) port(t *testing.T, service, name string) corev1.ServicePort {
	t.Helper()
	for _, s := range of[*corev1.Service](r) {
		for _, p := range s.Spec.Ports {
			if s.Name == service && p.Name == name {
				return p
			}
		}
	}
	t.Fatalf("no Service %s has a port %s", service, name)
	return corev1.ServicePort{}
}

func TestTheIngressLeadsToGateways(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		ways := of[*networkingv1.Ingress](all)
		if !strings.HasSuffix(t.Name(), "/everything") {
			if len(ways) != 0 {
				t.Errorf("there are %d, and none was asked for", len(ways))
			}
			return
		}
		spec := ways[0].Spec
		if *spec.IngressClassName != "nginx" || ways[0].Annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"] != "300" {
			t.Errorf("its class is %s, its annotations are %v", *spec.IngressClassName, ways[0].Annotations)
		}
		if len(spec.TLS) != 1 || spec.TLS[0].SecretName != "chat-tls" || len(spec.TLS[0].Hosts) != 1 || spec.TLS[0].Hosts[0] != "chat.example.org" {
			t.Errorf("TLS is %v", spec.TLS)
		}
		rule := spec.Rules[0]
		if len(spec.Rules) != 1 || rule.Host != "chat.example.org" || len(rule.HTTP.Paths) != 1 {
			t.Fatalf("the rules are %v", spec.Rules)
		}
		path := rule.HTTP.Paths[0]
		if path.Path != "/" || *path.PathType != networkingv1.PathTypePrefix {
			t.Errorf("the path is %v", path)
		}
		if to := all.port(t, path.Backend.Service.Name, path.Backend.Service.Port.Name); to.Port != 8082 || to.TargetPort.StrVal != "http" {
			t.Errorf("it leads to %v", to)
		}
	})
}

func TestTCPHasAServiceOfItsOwn(t *testing.T) {
	all := good(t, "everything")
	if to := all.port(t, "lair-tcp", "tcp"); to.Port != 7777 || to.TargetPort.StrVal != "tcp" {
		t.Errorf("it leads to %v", to)
	}
	for _, s := range of[*corev1.Service](all) {
		if s.Name != "lair-tcp" {
			continue
		}
		if s.Spec.Type != corev1.ServiceTypeLoadBalancer || s.Spec.ExternalTrafficPolicy != corev1.ServiceExternalTrafficPolicyLocal {
			t.Errorf("it is a %s, and pods do not see who comes: %s", s.Spec.Type, s.Spec.ExternalTrafficPolicy)
		}
		if len(s.Spec.LoadBalancerSourceRanges) != 1 || s.Spec.LoadBalancerSourceRanges[0] != "192.0.2.0/24" || s.Annotations["example.org/lb"] != "public" {
			t.Errorf("%v may come; annotations are %v", s.Spec.LoadBalancerSourceRanges, s.Annotations)
		}
	}
	set := map[string]string{}
	for _, v := range all.find(t, map[string]string{"app.kubernetes.io/component": "gateway"}).spec.Containers[0].Env {
		set[v.Name] = v.Value
	}
	for name, want := range map[string]string{"LAIR_TCP_PORT": "8080", "LAIR_TCP_TLS": "true", "LAIR_TCP_PROXY_PROTOCOL": "true", "LAIR_TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8"} {
		if set[name] != want {
			t.Errorf("%s is %q", name, set[name])
		}
	}
	for kind, policy := range map[string]corev1.ServiceExternalTrafficPolicy{"ClusterIP": "", "NodePort": corev1.ServiceExternalTrafficPolicyLocal} {
		all, err := render(with(t, "tcp: {enabled: true, type: "+kind+"}"))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range of[*corev1.Service](all) {
			if s.Name == "lair-tcp" && (string(s.Spec.Type) != kind || s.Spec.ExternalTrafficPolicy != policy) {
				t.Errorf("%s has the policy %q", s.Spec.Type, s.Spec.ExternalTrafficPolicy)
			}
		}
	}
}
