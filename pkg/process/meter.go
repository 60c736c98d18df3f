package process

import (
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/bus/redisbus"
	"github.com/lair-chat/lair/pkg/sqldb"
)

// meters are values that something else keeps, read when they are asked for.
type meters []meter

type meter struct {
	desc   *prometheus.Desc
	kind   prometheus.ValueType
	labels []string // values
	read   func() float64
}

// Describe implements prometheus.Collector.
func (m meters) Describe(to chan<- *prometheus.Desc) {
	for _, x := range m {
		to <- x.desc
	}
}

// Collect implements prometheus.Collector.
func (m meters) Collect(to chan<- prometheus.Metric) {
	for _, x := range m {
		to <- prometheus.MustNewConstMetric(x.desc, x.kind, x.read(), x.labels...)
	}
}

// add adds one value; labels are names and values in turn.
func (m *meters) add(kind prometheus.ValueType, name, help string, read func() float64, labels ...string) {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	*m = append(*m, meter{prometheus.NewDesc(name, help, names, nil), kind, values, read})
}

func postgresMeters(pool *pgxpool.Pool) prometheus.Collector {
	var m meters
	const connections, help = "lair_postgres_connections", "Connections of the pool by state; max is how many there may be."
	for state, read := range map[string]func(*pgxpool.Stat) int32{
		"used": (*pgxpool.Stat).AcquiredConns, "idle": (*pgxpool.Stat).IdleConns,
		"opening": (*pgxpool.Stat).ConstructingConns, "max": (*pgxpool.Stat).MaxConns,
	} {
		m.add(prometheus.GaugeValue, connections, help, func() float64 { return float64(read(pool.Stat())) }, "state", state)
	}
	m.add(prometheus.CounterValue, "lair_postgres_acquires_total", "How often a connection was taken from the pool.",
		func() float64 { return float64(pool.Stat().AcquireCount()) })
	m.add(prometheus.CounterValue, "lair_postgres_waits_total", "How often none was free, so that it had to be waited for.",
		func() float64 { return float64(pool.Stat().EmptyAcquireCount()) })
	m.add(prometheus.CounterValue, "lair_postgres_wait_seconds_total", "How long was waited for connections in all.",
		func() float64 { return pool.Stat().EmptyAcquireWaitTime().Seconds() })
	return m
}

// sqliteMeters returns the metrics of a data file: its one connection for
// writing and those for reading.
func sqliteMeters(file *sqldb.SQLite) prometheus.Collector {
	var m meters
	for pool, db := range map[string]*sql.DB{"write": file.Write, "read": file.Read} {
		const connections, help = "lair_sqlite_connections", "Connections of each pool by state; max is how many there may be."
		for state, read := range map[string]func(sql.DBStats) int{
			"used": func(s sql.DBStats) int { return s.InUse }, "idle": func(s sql.DBStats) int { return s.Idle },
			"max": func(s sql.DBStats) int { return s.MaxOpenConnections },
		} {
			m.add(prometheus.GaugeValue, connections, help, func() float64 { return float64(read(db.Stats())) }, "pool", pool, "state", state)
		}
		m.add(prometheus.CounterValue, "lair_sqlite_waits_total", "How often no connection was free, so that it had to be waited for.",
			func() float64 { return float64(db.Stats().WaitCount) }, "pool", pool)
		m.add(prometheus.CounterValue, "lair_sqlite_wait_seconds_total", "How long was waited for connections in all.",
			func() float64 { return db.Stats().WaitDuration.Seconds() }, "pool", pool)
	}
	return m
}

func redisMeters(client redis.UniversalClient) prometheus.Collector {
	var m meters
	const connections, help = "lair_redis_connections", "Connections of the pool by state."
	m.add(prometheus.GaugeValue, connections, help, func() float64 {
		s := client.PoolStats()
		return float64(s.TotalConns) - float64(s.IdleConns)
	}, "state", "used")
	m.add(prometheus.GaugeValue, connections, help, func() float64 { return float64(client.PoolStats().IdleConns) }, "state", "idle")
	m.add(prometheus.CounterValue, "lair_redis_timeouts_total", "How often no connection was free in time.",
		func() float64 { return float64(client.PoolStats().Timeouts) })
	return m
}

func busMeters(b *redisbus.Bus) prometheus.Collector {
	var m meters
	m.add(prometheus.CounterValue, "lair_bus_lost_bells_total", "Messages to the bus that may not have been sent: Redis did not answer.",
		func() float64 { return float64(b.Lost()) })
	m.add(prometheus.CounterValue, "lair_bus_interruptions_total", "How often the connection that listens to the bus broke.",
		func() float64 { return float64(b.Interrupted()) })
	return m
}
