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
	"k8s.io/apimachinery/pkg/runtime"

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
		}
	}
	return all
}

func (r rendered) config(t *testing.T) map[string]string {
	t.Helper()
	for _, object := range r.objects {
		if o, ok := object.(*corev1.ConfigMap); ok {
			return o.Data
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
			if strings.HasSuffix(p.name, "migrate") {
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
		for _, object := range all.objects {
			s, ok := object.(*corev1.Service)
			if !ok {
				continue
			}
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
	return slices.ContainsFunc(r.objects, func(object runtime.Object) bool {
		s, ok := object.(*corev1.Service)
		return ok && s.Name == name && s.Spec.ClusterIP == corev1.ClusterIPNone
	})
}

func (r rendered) hasPolicies() bool { return len(r.policies()) > 0 }

func (r rendered) policies() []*networkingv1.NetworkPolicy {
	var all []*networkingv1.NetworkPolicy
	for _, object := range r.objects {
		if n, ok := object.(*networkingv1.NetworkPolicy); ok {
			all = append(all, n)
		}
	}
	return all
}

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
