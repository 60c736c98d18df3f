package redisbus

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/bus"
)

// pipe sends messages in one round trip.
func pipe(ctx context.Context, client redis.Cmdable, msgs []bus.Message) error {
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, m := range msgs {
			p.Publish(ctx, m.Topic, m.Data)
		}
		return nil
	})
	return err
}

// send is pipe, for a cluster also.
func (b *Bus) send(ctx context.Context, msgs []bus.Message) error {
	if cluster, ok := b.client.(*redis.ClusterClient); ok {
		return spread(ctx, cluster, msgs)
	}
	return pipe(ctx, b.client, msgs)
}

// spread sends each message through the master that has the slot of its topic.
// Any node would do, as each hands what it is told to all others: but only
// through one do the messages of a topic keep their order.
func spread(ctx context.Context, cluster *redis.ClusterClient, msgs []bus.Message) error {
	by := map[*redis.Client][]bus.Message{}
	for _, m := range msgs {
		node, err := cluster.MasterForKey(ctx, m.Topic)
		if err != nil {
			node = nil // nobody has the slot now
		}
		by[node] = append(by[node], m)
	}
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	for node, some := range by {
		all.Go(func() {
			if err := through(ctx, cluster, node, some); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// through sends by a node, or if that is away by any other: out of order rather
// than not at all.
func through(ctx context.Context, cluster *redis.ClusterClient, node *redis.Client, msgs []bus.Message) error {
	if node != nil {
		err := pipe(ctx, node, msgs)
		if err == nil || ctx.Err() != nil {
			return err
		}
		cluster.ReloadState(ctx) // somebody takes its place
	}
	return pipe(ctx, cluster, msgs)
}
