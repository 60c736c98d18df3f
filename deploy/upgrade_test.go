package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// fakeDocker is a docker that writes down what it is asked for, and says of one container
// that it does not become healthy. Time passes at once.
const fakeDocker = `#!/bin/sh
case $1 in
compose) shift; echo "$@" >>"$CALLS"; [ "$1" != ps ] || echo "id-of-$3" ;;
inspect) [ "$4" = "id-of-$SICK" ] && echo starting || echo healthy ;;
esac
`

// upgraded runs upgrade.sh and returns what compose was told to do.
func upgraded(t *testing.T, sick string) (calls []string, out string, err error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"docker": fakeDocker, "sleep": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "compose/upgrade.sh")
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "CALLS="+filepath.Join(dir, "calls"), "SICK="+sick, "COMPOSE=") //nolint:forbidigo // passed on
	text, err := cmd.CombinedOutput()
	for line := range strings.Lines(read(t, filepath.Join(dir, "calls"))) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "ps ") {
			calls = append(calls, line)
		}
	}
	return calls, string(text), err
}

func TestAnUpgradeReplacesEveryProgramOneAfterTheOther(t *testing.T) {
	calls, out, err := upgraded(t, "")
	if err != nil {
		t.Fatal(err, out)
	}
	if !regexp.MustCompile(`^run .*--rm .*migrate$`).MatchString(calls[0]) || calls[len(calls)-1] != "up -d" {
		t.Errorf("it does %q", calls)
	}
	var replaced []string
	for _, call := range calls[1 : len(calls)-1] {
		name, one := strings.CutPrefix(call, "up -d --no-deps ")
		if _, ours := programs[name]; !one || !ours {
			t.Errorf("it does %q", call)
		}
		replaced = append(replaced, name)
	}
	if gateways := replaced[len(replaced)-2:]; !slices.Equal(gateways, []string{"gateway-1", "gateway-2"}) {
		t.Errorf("%v come last", gateways)
	}
	for name := range programs {
		if name != "migrate" && !slices.Contains(replaced, name) {
			t.Errorf("%s stays as it was", name)
		}
	}
}

func TestAnUpgradeThatFailsLeavesTheOtherGateway(t *testing.T) {
	calls, out, err := upgraded(t, "gateway-1")
	if err == nil || !strings.Contains(out, "gateway-1 is starting") {
		t.Errorf("%v: %s", err, out)
	}
	if last := calls[len(calls)-1]; last != "up -d --no-deps gateway-1" {
		t.Errorf("after that it does %q", last)
	}
}
