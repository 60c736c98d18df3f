package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts of testdata/chat are what people do, step by step. They share a
// system, and each of them has users and rooms of its own.
func TestChatScripts(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		t.Run("Scripts", func(t *testing.T) { // ends when all parallel scripts have
			testscript.Run(t, testscript.Params{
				Dir: filepath.Join("testdata", "chat"), RequireExplicitExec: true, RequireUniqueNames: true,
				Setup: func(env *testscript.Env) error {
					env.Values[stageKey{}] = newStage(s)
					return nil
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"chat": stageCommand((*stage).chat),
					"http": stageCommand((*stage).http),
					"raw":  stageCommand((*stage).raw),
				},
			})
		})
	})
}

// The scripts of testdata/program are what operators do with the programs.
func TestProgramScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "program"), RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			for _, name := range []string{"LAIR_TCP_PORT", "LAIR_HTTP_PORT"} {
				env.Setenv(name, "0") // any free one
			}
			env.Setenv("LAIR_BIND_ADDRESS", "127.0.0.1")
			return nil
		},
	})
}
