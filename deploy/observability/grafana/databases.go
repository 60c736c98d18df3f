package main

func databases() board {
	return board{
		name: "postgres-redis", title: "PostgreSQL and Redis", about: "The databases and the bus, as their exporters and as the processes see them.",
		instances: "lair_build_info",
		rows: []row{
			{"PostgreSQL", []panel{
				plain("Servers of PostgreSQL that answer", "short", "0: nothing can be written; users see what they have. Start it, or fail over; processes come back by themselves.", `sum(pg_up{job="postgres"})`, "up").goal(1),
				plain("Which part of its connections is used?", "percentunit", "At 1 processes cannot connect. Close idle ones, make pools smaller, or raise max_connections.", `sum(pg_stat_activity_count{job="postgres"}) / sum(pg_settings_max_connections{job="postgres"})`, "used").limit(.8, .95),
				plain("How many transactions end, and how?", "ops", "Many rollbacks are conflicts or errors: read the log of PostgreSQL.", `sum(rate(pg_stat_database_xact_commit{job="postgres",datname!~"template.*"}[$__rate_interval]))`, "committed").and(`sum(rate(pg_stat_database_xact_rollback{job="postgres",datname!~"template.*"}[$__rate_interval]))`, "rolled back"),
				plain("How old is the oldest transaction?", "s", "A transaction that stays open holds locks and keeps old rows. End it with pg_terminate_backend, and find who left it.", `max(pg_stat_activity_max_tx_duration{job="postgres"})`, "oldest").limit(60, 300),
				plain("How many locks are held?", "short", "A jump with slow commits is somebody who waits for somebody: pg_blocking_pids says for whom.", `sum by (mode) (pg_locks_count{job="postgres"})`, "{{mode}}"),
				plain("How large are the databases?", "bytes", "A full disk stops all writing; how full it is stands beside. Messages are kept for good, so plan for growth.", `sum by (datname) (pg_database_size_bytes{job="postgres",datname!~"template.*"})`, "{{datname}}"),
				plain("How much room do the disks have?", "percentunit", "At 0 nothing can be written. Make the volume larger, or move away what is not the database's. Nothing without node_exporter.", `min by (instance, mountpoint) (node_filesystem_avail_bytes{job="node",fstype!~"tmpfs|overlay|squashfs|iso9660"} / node_filesystem_size_bytes{job="node",fstype!~"tmpfs|overlay|squashfs|iso9660"})`, "{{instance}} {{mountpoint}}").goal(.1),
				plain("How often do deadlocks happen?", "ops", "There should be none: locks have an order. Report the statements in the log of PostgreSQL.", `sum(rate(pg_stat_database_deadlocks{job="postgres"}[$__rate_interval]))`, "deadlocks").limit(.01, .1),
				plain("How far behind are replicas?", "s", "A replica that is behind loses that much at a failover. See its disk and its network. Nothing without replicas.", `max by (instance) (pg_replication_lag_seconds{job="postgres"})`, "{{instance}}").limit(10, 60),
				plain("How many replicas are connected?", "short", "Fewer than there were: see the log of the one that is gone. If commits wait for it, LairPostgresReplicaMissing says how to go on without it. 0 without replicas.", `count(pg_stat_replication_pg_wal_lsn_diff{job="postgres",application_name!="pg_basebackup"}) or vector(0)`, "replicas"),
			}},
			{"The pools of processes", append(pools(),
				plain("How often must one wait for a connection to PostgreSQL?", "ops", "Now and then is right. All the time: the pool is too small, or transactions are too long.", `sum by (instance) (rate(lair_postgres_waits_total{`+mine+`}[$__rate_interval]))`, "{{instance}}"),
				plain("How many connections to Redis are used?", "short", "If it grows while the load does not, Redis is slow.", `sum by (instance, state) (lair_redis_connections{`+mine+`})`, "{{instance}} {{state}}"),
				plain("How often was no connection to Redis free in time?", "ops", "Redis is slow or away: see the row below, and redis-cli slowlog get.", `sum by (instance) (rate(lair_redis_timeouts_total{`+mine+`}[$__rate_interval]))`, "{{instance}}").limit(.1, 1),
				plain("How long does one wait for SQLite?", "s", "Seconds of waiting in a second, for lair serve alone. If it stays high, move to PostgreSQL.", `sum by (pool) (rate(lair_sqlite_wait_seconds_total{`+mine+`}[$__rate_interval]))`, "{{pool}}").limit(.5, 1),
			)},
			{"Redis", []panel{
				plain("Servers of Redis that answer", "short", "0: events come late, out of the database. Start it, and watch healing on the delivery board until it ends.", `sum(redis_up{job="redis"})`, "up").goal(1),
				plain("How much memory does Redis use?", "bytes", "Compare with maxmemory. What is kept there is small; much of it is listeners that do not read.", `sum(redis_memory_used_bytes{job="redis"})`, "used").and(`sum(redis_memory_max_bytes{job="redis"})`, "max, 0 for none"),
				plain("How many commands does Redis run?", "ops", "It follows messages and connections. If it is level while events come late, Redis is at the limit of its one CPU.", `sum(rate(redis_commands_processed_total{job="redis"}[$__rate_interval]))`, "commands"),
				plain("How many clients does Redis have?", "short", "Each process has a pool and a listener. A fall to few means that processes are cut off.", `sum(redis_connected_clients{job="redis"})`, "clients"),
				plain("How many keys were thrown out for want of memory?", "ops", "There should be none: give Redis more memory, and set maxmemory-policy to noeviction.", `sum(rate(redis_evicted_keys_total{job="redis"}[$__rate_interval]))`, "thrown out").limit(.1, 1),
				plain("How many connections does Redis refuse?", "ops", "It is at maxclients: raise it, or find who opens so many.", `sum(rate(redis_rejected_connections_total{job="redis"}[$__rate_interval]))`, "refused").limit(.1, 1),
			}},
		},
	}
}

func plain(title, unit, todo, expr, legend string) panel {
	return panel{title: title, unit: unit, todo: todo, queries: one(expr, legend)}
}

func (p panel) and(expr, legend string) panel {
	p.queries = append(p.queries, query{expr, legend})
	return p
}

func (p panel) limit(warn, bad float64) panel {
	p.warn, p.bad = warn, bad
	return p
}

// goal is for what must not be less.
func (p panel) goal(least float64) panel {
	p.bad, p.below = least, true
	return p
}
