package deploy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/lair-chat/lair/pkg/cert"
)

// secured renders the minimal values with TLS between pods.
func secured(t *testing.T, more map[string]any) rendered {
	t.Helper()
	values := valuesOf(t, "minimal")
	mtls := map[string]any{"enabled": true}
	maps.Copy(mtls, more)
	values["mtls"] = mtls
	all, err := render(values)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPodsSpeakTLSWithFilesThatTheyHave(t *testing.T) {
	all := secured(t, map[string]any{"secrets": map[string]any{"room": "room-proof"}})
	seen := 0
	for _, p := range all.pods() {
		role := strings.TrimPrefix(p.name, "lair-")
		c := p.spec.Containers[0]
		variables := map[string]string{}
		for _, v := range c.Env {
			variables[v.Name] = v.Value
		}
		if p.isTool() {
			if variables[cert.PeerCertVariable] != "" {
				t.Errorf("%s has a certificate", p.name)
			}
			continue
		}
		seen++
		want := map[string]string{"room": "room-proof"}[role]
		if want == "" {
			want = fmt.Sprintf("lair-%s-mtls", role)
		}
		volume := slices.IndexFunc(p.spec.Volumes, func(v corev1.Volume) bool { return v.Name == "mtls" })
		if volume < 0 || p.spec.Volumes[volume].Projected.Sources[0].Secret.Name != want {
			t.Fatalf("%s does not have the Secret %s", role, want)
		}
		mount := slices.IndexFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == "mtls" && m.ReadOnly && m.SubPath == "" })
		if mount < 0 {
			t.Fatalf("%s does not mount it", role)
		}
		var paths []string
		for _, item := range p.spec.Volumes[volume].Projected.Sources[0].Secret.Items {
			paths = append(paths, c.VolumeMounts[mount].MountPath+"/"+item.Path)
		}
		if got := []string{variables[cert.PeerCertVariable], variables[cert.PeerKeyVariable], variables[cert.PeerCAVariable]}; !slices.Equal(got, paths) {
			t.Errorf("%s has the files %v, and looks for %v", role, paths, got)
		}
		if role == "gateway" {
			continue
		}
		for _, probe := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe} {
			if probe.GRPC != nil || probe.Exec == nil || !slices.Equal(probe.Exec.Command, []string{"/lair", "health"}) {
				t.Errorf("%s is asked by %v, which cannot speak TLS", role, probe)
			}
		}
	}
	if seen != len(roles) {
		t.Errorf("%d pods", seen)
	}
}

func TestABundleOfAuthoritiesComesFromElsewhere(t *testing.T) {
	for _, p := range secured(t, map[string]any{"caConfigMap": "authorities"}).pods() {
		for _, v := range p.spec.Volumes {
			if v.Name != "mtls" {
				continue
			}
			if len(v.Projected.Sources) != 2 || v.Projected.Sources[1].ConfigMap.Name != "authorities" || len(v.Projected.Sources[0].Secret.Items) != 2 {
				t.Errorf("%s: %v", p.name, v.Projected)
			}
		}
	}
}

func TestCertManagerIsAskedForTheNamesOfTheRoles(t *testing.T) {
	all := secured(t, map[string]any{"certManager": map[string]any{"enabled": true, "issuer": map[string]any{"name": "inside"}}})
	certificates := of[*certmanagerv1.Certificate](all)
	if len(certificates) != len(roles) {
		t.Fatalf("%d certificates", len(certificates))
	}
	for _, c := range certificates {
		role := strings.TrimSuffix(strings.TrimPrefix(c.Name, "lair-"), "-mtls")
		if !slices.Equal(c.Spec.DNSNames, []string{cert.Name(role)}) || !slices.Contains(roles, role) {
			t.Errorf("%s is for %s", c.Name, c.Spec.DNSNames)
		}
		if !slices.Equal(c.Spec.Usages, []certmanagerv1.KeyUsage{"digital signature", "server auth", "client auth"}) {
			t.Errorf("%s is good for %s", c.Name, c.Spec.Usages)
		}
		if c.Spec.SecretName != c.Name || c.Spec.IssuerRef.Kind != "Issuer" {
			t.Errorf("%s: %v", c.Name, c.Spec)
		}
	}
}

func TestWithoutMTLSKubernetesAsksByItself(t *testing.T) {
	all, err := render(valuesOf(t, "minimal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all.pods() {
		if strings.HasSuffix(p.name, "-auth") && p.spec.Containers[0].ReadinessProbe.GRPC == nil {
			t.Error("auth is not asked by gRPC")
		}
	}
}
