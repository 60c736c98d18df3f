package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/lair-chat/lair/pkg/process"
)

const root = ".."

// load reads a compose file as docker compose does.
func load(t *testing.T, path string, profiles ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{path}, cli.WithName("lair"), cli.WithProfiles(profiles), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

func project(t *testing.T, profiles ...string) *types.Project {
	t.Helper()
	p, err := load(t, filepath.Join(root, "docker-compose.yml"), profiles...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestComposeStartsWhatThereIs(t *testing.T) {
	system := []string{"auth", "balancer", "gateway-1", "gateway-2", "message", "migrate", "postgres", "presence", "redis", "room"}
	if got := slices.Sorted(maps.Keys(project(t).Services)); !slices.Equal(got, system) {
		t.Errorf("without a profile: %v", got)
	}
	watched := append([]string{"alertmanager", "blackbox-exporter", "collector", "grafana", "jaeger", "node-exporter", "postgres-exporter", "prometheus", "redis-exporter"}, system...)
	slices.Sort(watched)
	if got := slices.Sorted(maps.Keys(project(t, "observability").Services)); !slices.Equal(got, watched) {
		t.Errorf("with observability: %v", got)
	}
	p, err := load(t, "compose/serve.yml")
	if err != nil || len(p.Services) != 1 {
		t.Fatal(p, err)
	}
	s := p.Services["lair"]
	if !slices.Equal(s.Command, types.ShellCommand{"serve"}) || !s.ReadOnly || s.Logging == nil || s.Logging.Options["max-size"] == "" {
		t.Errorf("serve.yml: %v", s)
	}
	metrics := strings.TrimPrefix(*s.Environment["LAIR_METRICS_ADDR"], ":")
	if !slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool {
		return fmt.Sprint(p.Target) == metrics && p.HostIP == "127.0.0.1"
	}) {
		t.Errorf("serve.yml: metrics on %s are not for this machine alone: %v", metrics, s.Ports)
	}
}

func TestWrongComposeFilesAreRefused(t *testing.T) {
	good, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"condition":       {"condition: service_completed_successfully", "condition: service_finished"},
		"unknown key":     {"stop_grace_period: 45s", "stop_grace: 45s"},
		"missing secret":  {"secrets: [database_password]", "secrets: [database_pasword]"},
		"missing network": {"networks: [edge, services]", "networks: [edge, servces]"},
		"missing service": {"postgres: {condition", "postgress: {condition"},
		"duration":        {"stop_grace_period: 45s", "stop_grace_period: soon"},
		"port":            {`"${TCP_PORT:-8080}:8080"`, `"${TCP_PORT:-8080}:eight"`},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.ReplaceAll(string(good), change[0], change[1])
			if bad == string(good) {
				t.Fatal("nothing was changed")
			}
			path := filepath.Join(t.TempDir(), "docker-compose.yml")
			if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := load(t, path); err == nil {
				t.Error("is taken")
			}
		})
	}
}

func TestContainersMayLittle(t *testing.T) {
	for name, s := range project(t, "observability").Services {
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged {
			t.Errorf("%s may too much", name)
		}
		if len(s.CapAdd) > 0 && name != "postgres" {
			t.Errorf("%s may %v", name, s.CapAdd)
		}
		if _, ours := programs[name]; ours && s.User != "" {
			t.Errorf("%s runs as %s, not as its image says", name, s.User)
		}
	}
}

// programs are our services, and the argument PROGRAM of their images.
var programs = map[string]string{
	"migrate": "lair", "auth": "auth", "room": "room", "message": "message", "presence": "presence",
	"gateway-1": "gateway", "gateway-2": "gateway",
}

func TestOnlyTheBalancerIsReachedFromOutside(t *testing.T) {
	p := project(t, "observability")
	for name, s := range p.Services {
		for _, port := range s.Ports {
			if name != "balancer" && port.HostIP != "127.0.0.1" {
				t.Errorf("%s publishes %s", name, port.Published)
			}
		}
		if _, front := s.Networks["front"]; front && !slices.Contains([]string{"balancer", "grafana", "alertmanager"}, name) {
			t.Errorf("%s reaches the outside", name)
		}
	}
	for _, name := range []string{"edge", "services", "data", "watch"} {
		if !p.Networks[name].Internal {
			t.Errorf("the network %s leads outside", name)
		}
	}
	for name, s := range p.Services {
		_, watches := s.Networks["watch"]
		if may := slices.Contains([]string{"balancer", "prometheus", "blackbox-exporter"}, name); watches != may {
			t.Errorf("%s is in the network that watches the balancer: %v", name, watches)
		}
		_, near := s.Networks["data"]
		if may := slices.Contains([]string{"postgres", "postgres-exporter", "migrate", "auth", "room", "message"}, name); near != may {
			t.Errorf("%s is in the network of the database: %v", name, near)
		}
	}
}

func TestVariablesOfComposeAreKnown(t *testing.T) {
	for name, s := range project(t).Services {
		for variable, value := range s.Environment {
			if !strings.HasPrefix(variable, "LAIR_") {
				continue
			}
			if !slices.Contains(process.Names(), variable) {
				t.Errorf("%s: no program knows %s", name, variable)
			}
			if slices.Contains([]string{"LAIR_CLUSTER_KEY", "LAIR_JWT_SECRET", "LAIR_DATABASE_URL", "LAIR_REDIS_URL"}, variable) {
				t.Errorf("%s: the secret %s is in the environment", name, variable)
			}
			if file, ok := strings.CutPrefix(*value, "/run/secrets/"); ok && !slices.ContainsFunc(s.Secrets, func(c types.ServiceSecretConfig) bool { return c.Source == file }) {
				t.Errorf("%s: %s is %s, which it does not get", name, variable, *value)
			}
		}
	}
}

func TestImagesAreTheirProgramsOwn(t *testing.T) {
	build, err := os.ReadFile("docker/build.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range project(t).Services {
		program, ours := programs[name]
		if !ours {
			if s.Build != nil || !regexp.MustCompile(`:v?\d+`).MatchString(s.Image) {
				t.Errorf("%s: %s names no version", name, s.Image)
			}
			continue
		}
		image := strings.TrimSuffix("lair-chat/lair-"+program, "-lair") + ":dev"
		if s.Image != image || s.Build == nil || *s.Build.Args["PROGRAM"] != program || s.Build.Args["VERSION"] == nil || s.Build.Args["REVISION"] == nil {
			t.Errorf("%s: %s is made of %v", name, s.Image, s.Build)
		}
		if !regexp.MustCompile(`for program in .*\b` + program + `\b`).Match(build) {
			t.Errorf("build.sh does not make %s", program)
		}
		if name != "migrate" && !slices.Equal(s.HealthCheck.Test, types.HealthCheckTest{"CMD", "/lair", "health"}) {
			t.Errorf("%s is not asked for its health: %v", name, s.HealthCheck)
		}
	}
}

func TestWhatIsMountedIsThere(t *testing.T) {
	mounted := 0
	for name, s := range project(t, "observability").Services {
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			mounted++
			if _, err := os.Stat(v.Source); err != nil || !v.ReadOnly {
				t.Errorf("%s: %s: %v", name, v.Source, err)
			}
		}
	}
	if mounted != 8 {
		t.Errorf("%d mounts", mounted)
	}
}

func TestDashboardsAreCheckedAgainstTheGrafanaThatIsStarted(t *testing.T) {
	_, version, _ := strings.Cut(project(t, "observability").Services["grafana"].Image, ":")
	if !strings.Contains(read(t, "observability/grafana/check/package.json"), `"@grafana/schema": "`+version+`"`) {
		t.Errorf("the types are not of %s", version)
	}
}
