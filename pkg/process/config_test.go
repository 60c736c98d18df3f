package process_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/process"
)

func TestDeletedRoomsAreKeptForADayAtLeast(t *testing.T) {
	for value, bad := range map[string]bool{"": false, "24h": false, "23h59m": true, "-1h": true, "0s": true} {
		var environ []string
		if value != "" {
			environ = []string{"LAIR_ROOM_PURGE_AFTER=" + value}
		}
		err := config.Load(environ, process.Names(), &process.Retention{})
		if (err != nil) != bad || bad && !strings.Contains(err.Error(), "LAIR_ROOM_PURGE_AFTER") {
			t.Errorf("%q: %v", value, err)
		}
	}
}
