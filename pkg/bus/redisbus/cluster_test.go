package redisbus_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/bustest"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
)

func TestContractOnCluster(t *testing.T) {
	url := redistest.Cluster(t, 0).URL()
	bustest.Run(t, func(tb testing.TB) (bus.Bus, bus.Bus) {
		tb.Helper()
		here, _ := open(tb, url)
		there, _ := open(tb, url)
		settle(tb, here, there)
		return here, there
	})
}

// settle waits until what was said before is over: a node answers before it has
// told the others, so who begins to listen to one of them may hear it still.
func settle(tb testing.TB, buses ...bus.Bus) {
	tb.Helper()
	for _, there := range buses {
		for i := range 20 { // topics of all masters
			topic, ear := fmt.Sprintf("settle.%d", i), bustest.NewEar()
			stop := there.Subscribe(topic, ear)
			ear.AwaitListening(tb)
			if err := buses[0].Publish(tb.Context(), bus.Message{Topic: topic, Data: []byte("settled")}); err != nil {
				tb.Fatal(err)
			}
			ear.Next(tb)
			stop()
		}
	}
}

// TestAMasterOfTheClusterDies: topics are spread over all masters, so some go
// through the one that dies. All are heard again when its replica has taken over.
func TestAMasterOfTheClusterDies(t *testing.T) {
	cluster := redistest.Cluster(t, 1)
	here, _ := open(t, cluster.URL())
	there, _ := open(t, cluster.URL())
	const topics = 12
	ears := make([]*bustest.Ear, topics)
	for i := range ears {
		ears[i] = bustest.NewEar()
		defer there.Subscribe(fmt.Sprintf("conversation.%d", i), ears[i])()
		ears[i].AwaitListening(t)
	}
	cluster.Nodes[0].Kill()
	ctx, stop := context.WithCancel(t.Context())
	var ringing sync.WaitGroup
	for i := range ears {
		ringing.Go(func() {
			ring := time.NewTicker(100 * time.Millisecond)
			defer ring.Stop()
			for ctx.Err() == nil {
				// A failure is what the heads of conversations are compared for.
				_ = here.Publish(ctx, bus.Message{Topic: fmt.Sprintf("conversation.%d", i), Data: []byte("after")})
				<-ring.C
			}
		})
	}
	for _, ear := range ears {
		if got := ear.Next(t); got != "after" {
			t.Errorf("heard %q", got)
		}
	}
	stop()
	ringing.Wait()
}
