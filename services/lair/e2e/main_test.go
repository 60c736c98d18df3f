// Package e2e has the scenarios: what people and operators may expect of the
// whole system, each as a function that runs against real processes. They run
// twice: with everything in one process on SQLite, and with a process for each
// service, two gateways, PostgreSQL and Redis.
package e2e

import (
	"context"
	"fmt"
	"log"
	"os"
	"testing"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// bin is the folder of the programs under test.
var bin string

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		log.Print(err)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if bin, err = os.MkdirTemp("", "lair-bin"); err != nil {
		return 1, err
	}
	defer os.RemoveAll(bin)
	if err := cluster.Build(context.Background(), bin, "test", raceEnabled); err != nil {
		return 1, fmt.Errorf("build the programs: %w", err)
	}
	answers.listen()
	code = m.Run()
	for _, bad := range answers.list() {
		log.Print(bad)
		code = max(code, 1)
	}
	return code, nil
}
