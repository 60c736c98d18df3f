package membus_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/bustest"
	"github.com/lair-chat/lair/pkg/bus/membus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	bustest.Run(t, func(testing.TB) (bus.Bus, bus.Bus) {
		b := membus.New()
		return b, b
	})
}
