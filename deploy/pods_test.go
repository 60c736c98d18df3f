package deploy_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/lair-chat/lair/pkg/process"
)

// pod is a template of pods, by the name of what makes them.
type pod struct {
	name   string
	labels map[string]string
	spec   corev1.PodSpec
}

func (r rendered) pods() []pod {
	var all []pod
	for _, object := range r.objects {
		switch o := object.(type) {
		case *appsv1.Deployment:
			all = append(all, pod{o.Name, o.Spec.Template.Labels, o.Spec.Template.Spec})
		case *batchv1.Job:
			all = append(all, pod{o.Name, o.Spec.Template.Labels, o.Spec.Template.Spec})
		case *corev1.PodTemplate:
			all = append(all, pod{o.Name, o.Template.Labels, o.Template.Spec})
		}
	}
	return all
}

// isTool reports whether it runs a command to its end.
func (p pod) isTool() bool { return p.labels["app.kubernetes.io/component"] == "migrate" }

func (r rendered) config(t *testing.T) map[string]string {
	t.Helper()
	for _, c := range of[*corev1.ConfigMap](r) {
		if c.Data["LAIR_LOG_LEVEL"] != "" {
			return c.Data
		}
	}
	t.Fatal("there is no ConfigMap")
	return nil
}

func TestPodsAreRestricted(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		for _, p := range all.pods() {
			pod, c := p.spec.SecurityContext, p.spec.Containers[0].SecurityContext
			switch {
			case len(p.spec.Containers) != 1:
				t.Errorf("%s has %d containers", p.name, len(p.spec.Containers))
			case !*pod.RunAsNonRoot || *pod.RunAsUser == 0 || pod.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault:
				t.Errorf("%s: %v", p.name, pod)
			case *c.AllowPrivilegeEscalation || !*c.ReadOnlyRootFilesystem || !slices.Equal(c.Capabilities.Drop, []corev1.Capability{"ALL"}):
				t.Errorf("%s: %v", p.name, c)
			case *p.spec.AutomountServiceAccountToken:
				t.Errorf("%s gets a token", p.name)
			case p.spec.EnableServiceLinks == nil || *p.spec.EnableServiceLinks:
				t.Errorf("%s gets variables that Kubernetes makes, which begin with LAIR_", p.name)
			}
		}
	})
}

func TestVariablesOfPodsAreKnown(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		names := slices.Collect(maps.Keys(all.config(t)))
		for _, p := range all.pods() {
			seen := map[string]bool{}
			for _, v := range p.spec.Containers[0].Env {
				names = append(names, v.Name)
				if seen[v.Name] {
					t.Errorf("%s has %s twice", p.name, v.Name)
				}
				seen[v.Name] = true
				for _, secret := range []string{"CLUSTER_KEY", "JWT_SECRET", "DATABASE_URL", "REDIS_URL"} {
					if v.Name == "LAIR_"+secret {
						t.Errorf("%s has the secret %s in its environment", p.name, v.Name)
					}
				}
			}
		}
		for _, name := range names {
			if !slices.Contains(process.Names(), name) {
				t.Errorf("no program knows %s", name)
			}
		}
	})
}

func TestPodsHaveTimeToDrain(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		for _, p := range all.pods() {
			c := p.spec.Containers[0]
			if p.isTool() {
				continue
			}
			// pkg/run: 20 s to drain and 15 s to stop, after the pod has slept.
			least := c.Lifecycle.PreStop.Sleep.Seconds + 35
			if *p.spec.TerminationGracePeriodSeconds < least {
				t.Errorf("%s has %d s to end, and needs up to %d", p.name, *p.spec.TerminationGracePeriodSeconds, least)
			}
			if c.StartupProbe == nil || c.ReadinessProbe == nil || c.LivenessProbe == nil {
				t.Errorf("%s lacks a probe", p.name)
			}
		}
	})
}

func TestServicesLeadToPortsOfPods(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		for _, s := range of[*corev1.Service](all) {
			p := all.find(t, s.Spec.Selector)
			for _, port := range s.Spec.Ports {
				if !slices.ContainsFunc(p.spec.Containers[0].Ports, func(c corev1.ContainerPort) bool { return c.Name == port.TargetPort.StrVal }) {
					t.Errorf("%s leads to the port %s, which %s does not have", s.Name, port.TargetPort.StrVal, p.name)
				}
			}
		}
	})
}

// find returns the pods that a selector selects.
func (r rendered) find(t *testing.T, selector map[string]string) pod {
	t.Helper()
	for _, p := range r.pods() {
		if selects(selector, p.labels) {
			return p
		}
	}
	t.Fatalf("%v selects nothing", selector)
	return pod{}
}

func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return true
}

// TestAddressesAreThoseOfServices also holds that the network lets through what
// the addresses say: that it is enforced cannot be tried here.
func TestAddressesAreThoseOfServices(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		addresses := 0
		for _, p := range all.pods() {
			for _, v := range p.spec.Containers[0].Env {
				if !strings.HasSuffix(v.Name, "_ADDR") || v.Name == "LAIR_GRPC_ADDR" {
					continue
				}
				addresses++
				name, ok := strings.CutPrefix(strings.TrimSuffix(v.Value, ":7000"), "dns:///")
				if !ok || !all.headless(name) {
					t.Errorf("%s: %s is %s, which is no headless Service", p.name, v.Name, v.Value)
				}
				called := all.find(t, map[string]string{"app.kubernetes.io/component": strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(v.Name, "LAIR_"), "_ADDR"))})
				if all.hasPolicies() && !all.mayCall(p, called) {
					t.Errorf("no NetworkPolicy lets %s call %s", p.name, called.name)
				}
			}
		}
		if addresses != 6 {
			t.Errorf("%d addresses", addresses)
		}
		if all.hasPolicies() && all.mayCall(all.find(t, map[string]string{"app.kubernetes.io/component": "presence"}), all.find(t, map[string]string{"app.kubernetes.io/component": "message"})) {
			t.Error("presence may call message")
		}
	})
}

func (r rendered) headless(name string) bool {
	return slices.ContainsFunc(of[*corev1.Service](r), func(s *corev1.Service) bool {
		return s.Name == name && s.Spec.ClusterIP == corev1.ClusterIPNone
	})
}

func (r rendered) hasPolicies() bool { return len(r.policies()) > 0 }

func (r rendered) policies() []*networkingv1.NetworkPolicy { return of[*networkingv1.NetworkPolicy](r) }

// mayCall reports whether both ends let a call on port 7000 through.
func (r rendered) mayCall(from, to pod) bool {
	out, in := false, false
	for _, n := range r.policies() {
		if selects(n.Spec.PodSelector.MatchLabels, from.labels) {
			for _, rule := range n.Spec.Egress {
				out = out || on7000(rule.Ports) && peers(rule.To, to)
			}
		}
		if selects(n.Spec.PodSelector.MatchLabels, to.labels) {
			for _, rule := range n.Spec.Ingress {
				in = in || on7000(rule.Ports) && peers(rule.From, from)
			}
		}
	}
	return out && in
}

func on7000(ports []networkingv1.NetworkPolicyPort) bool {
	return slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool { return p.Port.IntVal == 7000 })
}

func peers(all []networkingv1.NetworkPolicyPeer, who pod) bool {
	return slices.ContainsFunc(all, func(p networkingv1.NetworkPolicyPeer) bool {
		return p.PodSelector != nil && selects(p.PodSelector.MatchLabels, who.labels)
	})
}
