package main

// obstacles are what keeps processes from work, one panel for each thing that the
// runbooks send an operator to look at.
func obstacles() []panel {
	return []panel{
		{
			title: "Which processes take work?", unit: "short",
			todo:    "1 is ready. If one is at 0 others take its work; if all of a kind are, LairServiceNotReady says what to do. The panel beside this one says what it waits for.",
			queries: one(`min by (service, instance) (lair_ready{`+mine+`})`, "{{service}} {{instance}}"),
		},
		{
			title: "Which dependencies do not answer?", unit: "short", warn: 1, bad: 1,
			todo:    "How many processes wait for each. Begin with what most of them name: postgres and redis before services.",
			queries: one(`count by (dependency) (lair_dependency_up{`+mine+`} == 0) or vector(0)`, "{{dependency}}"),
		},
		{
			title: "Which callers are refused, and why?", unit: "ops",
			todo:    "By reason. clock: run date -u on each machine. proof: LAIR_CLUSTER_KEY differs. certificate: it is expired or of another role. If the address in the log is not yours, a stranger tries.",
			queries: rate("lair_rpc_server_refused_total", "", "reason"),
		},
		{
			title: "Which clients are refused, and why?", unit: "ops",
			todo:    "By reason. address with the address of your own proxy in the log: set LAIR_TRUSTED_PROXIES. gateway: add gateways. The runbook of LairConnectionsRefused has the other reasons.",
			queries: rate("lair_gateway_refused_connections_total", "", "reason"),
		},
		panel{
			title: "How long are certificates valid?", unit: "s",
			todo:    "Below 14 days put a new one in the place of the old; programs notice it by themselves. Nothing where no program has a certificate.",
			queries: one(`min by (use, service) (lair_certificate_expiry_timestamp_seconds{`+mine+`}) - time()`, "{{use}} {{service}}"),
		}.goal(14 * 86400),
		{
			title: "Do programs and the database fit each other?", unit: "short", warn: 1, bad: 1,
			todo:    "By how many migrations they differ: 0 is right. During an upgrade the database is ahead of old programs. Else see whether LairSchemaBehind fires: a backup was put back, or migrate did not run.",
			queries: one(`max by (schema) (abs(lair_schema_version{of="database",`+mine+`} - ignoring(of) lair_schema_version{of="program",`+mine+`}))`, "{{schema}}"),
		},
		{
			title: "How often does the database have no room?", unit: "ops", warn: .001, bad: .01,
			todo:    "Anything but 0: nothing new is kept. Make room on the disk of the database, never by deleting its files: LairDatabaseFull.",
			queries: rate("lair_database_full_total", "", "instance"),
		},
		panel{
			title: "How much room does lair serve have for its data?", unit: "bytes",
			todo:    "Below 1 GB move backups and logs away, or make the disk larger. Nothing with PostgreSQL: node_exporter sees its disk.",
			queries: gauge("lair_data_free_bytes", "instance"),
		}.goal(1e9),
	}
}
