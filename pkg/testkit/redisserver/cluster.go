package redisserver

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// masters is how many a cluster has.
const masters = 3

// slots is how many there are in a cluster of Redis.
const slots = 16384

// Cluster is a running cluster. The first Nodes are the masters at first, then
// come their replicas in the same order.
type Cluster struct{ Nodes []*Server }

// StartCluster makes a cluster of three masters, each with so many replicas, and
// waits until all know it.
func StartCluster(ctx context.Context, replicas int) (*Cluster, error) {
	c := &Cluster{}
	var buses []int
	for range masters * (1 + replicas) {
		port, err := freePort(ctx)
		if err != nil {
			return c, err
		}
		// The port of the bus is said: the usual one, 10000 higher, may be none.
		node, err := start(ctx, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(port),
			"--cluster-node-timeout", "1000", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
		if node != nil {
			c.Nodes, buses = append(c.Nodes, node), append(buses, port)
		}
		if err != nil {
			return c, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := c.join(ctx, buses); err != nil {
		return c, err
	}
	return c, c.Settle(ctx)
}

// join deals the slots and has the nodes meet.
func (c *Cluster) join(ctx context.Context, buses []int) error {
	first := c.Nodes[0].admin()
	defer first.Close()
	for i, node := range c.Nodes {
		admin := node.admin()
		defer admin.Close()
		if err := admin.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			return err
		}
		if i < masters {
			if err := admin.ClusterAddSlotsRange(ctx, i*slots/masters, (i+1)*slots/masters-1).Err(); err != nil {
				return err
			}
		}
		if i > 0 {
			if err := first.Do(ctx, "CLUSTER", "MEET", "127.0.0.1", node.port, buses[i]).Err(); err != nil {
				return err
			}
		}
	}
	for i := masters; i < len(c.Nodes); i++ {
		admin, master := c.Nodes[i].admin(), c.Nodes[i%masters].admin()
		defer admin.Close()
		defer master.Close()
		id, err := master.Do(ctx, "CLUSTER", "MYID").Text()
		if err != nil {
			return err
		}
		// It has to have heard of its master.
		if err := wait(ctx, func() error { return admin.ClusterReplicate(ctx, id).Err() }); err != nil {
			return err
		}
	}
	return nil
}

// Settle waits until all nodes that run agree that the cluster is whole, with
// every replica up to date.
func (c *Cluster) Settle(ctx context.Context) error {
	for _, node := range c.Nodes {
		if node.ended() {
			continue
		}
		admin := node.admin()
		defer admin.Close()
		if err := wait(ctx, func() error { return whole(ctx, admin, len(c.Nodes)) }); err != nil {
			return fmt.Errorf("the cluster does not settle: %w", err)
		}
	}
	return nil
}

func whole(ctx context.Context, node *redis.Client, nodes int) error {
	info, err := node.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	for _, line := range []string{"cluster_state:ok", "cluster_slots_ok:" + strconv.Itoa(slots), "cluster_known_nodes:" + strconv.Itoa(nodes)} {
		if !strings.Contains(info, line+"\r\n") {
			return errors.New("no " + line)
		}
	}
	if err := linked(ctx, node); err != nil {
		return err
	}
	replication, err := node.Info(ctx, "replication").Result()
	if err == nil && strings.Contains(replication, "role:slave") && !strings.Contains(replication, "master_link_status:up") {
		return errors.New("a replica is behind")
	}
	return err
}

// linked is nil if a node has a link to every other that lives: what is published
// goes through these, or is lost.
func linked(ctx context.Context, node *redis.Client) error {
	text, err := node.ClusterNodes(ctx).Result()
	if err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 8 || strings.Contains(f[2], "fail") {
			continue
		}
		if strings.Contains(f[2], "handshake") || f[7] != "connected" {
			return errors.New("no link to " + f[1])
		}
	}
	return nil
}

func wait(ctx context.Context, ask func() error) error {
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) admin() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1})
}

func (s *Server) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.process.Done():
		return true
	default:
		return false
	}
}

// URL returns how to reach the cluster: the masters of its beginning.
func (c *Cluster) URL() string {
	var hosts []string
	for _, node := range c.Nodes[:masters] {
		hosts = append(hosts, node.Addr())
	}
	return "redis+cluster://" + strings.Join(hosts, ",")
}

// Stop ends all nodes and removes their folders.
func (c *Cluster) Stop() error {
	var errs []error
	for _, node := range c.Nodes {
		errs = append(errs, node.Stop())
	}
	return errors.Join(errs...)
}
