package main

// calls are the rows that the boards of all services have.
func calls(service string) []row {
	method := `method=~"` + service + `[.]v1[.].*",`
	const metric = "lair_rpc_server_handled_seconds"
	return []row{
		{"Calls to this service", []panel{
			{
				title: "Which part of calls fails?", unit: "percentunit", warn: .001, bad: .01,
				todo:    "Only what the system is to blame for. The graph beside it says which method; the log says why.",
				queries: share(metric, method, rpcFailed, "failed"),
			},
			{
				title: "Which calls fail, and how?", unit: "ops",
				todo:    "Unavailable and DeadlineExceeded are mostly the database: see its pool below. For Internal read the log for the method.",
				queries: one(`sum by (method, code) (rate(`+metric+`_count{`+method+rpcFailed+mine+`}[$__rate_interval])) or vector(0)`, "{{method}} {{code}}"),
			},
			{
				title: "Which calls arrive?", unit: "ops", stack: true,
				todo:    "One method far above its custom: see on the gateway board which route or command asks for it.",
				queries: rate(metric+"_count", method, "method"),
			},
			{
				title: "Which calls are slow?", unit: "s", warn: .25, bad: 1,
				todo:    "99 of 100 are faster. Compare with the pool of the database below; a long stream counts from its begin to its end.",
				queries: slowest(metric, method, "method"),
			},
		}},
	}
}

func service(name, about string, own ...row) board {
	rows := append(calls(name), own...)
	return board{
		name: name, title: name, about: about,
		instances: `lair_rpc_server_handled_seconds_count{method=~"` + name + `[.]v1[.].*"}`,
		rows:      append(rows, row{"Its database", pools()}, row{"Processes", runtime()}),
	}
}

// pools are nothing where a process uses SQLite; the last board has that.
func pools() []panel {
	return []panel{
		{
			title: "Which part of the connections to PostgreSQL is used?", unit: "percentunit", warn: .8, bad: .95,
			todo:    "At 1 calls wait for one another. If PostgreSQL is slow, see its board; if it has room, raise pool_max_conns in LAIR_DATABASE_URL.",
			queries: one(`sum by (instance) (lair_postgres_connections{state="used",`+mine+`}) / sum by (instance) (lair_postgres_connections{state="max",`+mine+`})`, "{{instance}}"),
		},
		{
			title: "How long does one wait for a connection?", unit: "s", warn: .01, bad: .1,
			todo:    "On average over all that were taken. If it is above the line, transactions are long or the pool is small.",
			queries: one(`sum by (instance) (rate(lair_postgres_wait_seconds_total{`+mine+`}[$__rate_interval])) / clamp_min(sum by (instance) (rate(lair_postgres_acquires_total{`+mine+`}[$__rate_interval])), 0.001)`, "{{instance}}"),
		},
	}
}

func auth() board {
	const check = `method=~"auth[.]v1[.]AuthService/(Login|Register|Refresh)",`
	return service("auth", "Accounts, logins and sessions.", row{"Logins", []panel{
		{
			title: "How do logins end?", unit: "ops", stack: true,
			todo:    "Many Unauthenticated or ResourceExhausted: somebody guesses passwords; the delays hold them back. Many Unavailable: the database.",
			queries: one(`sum by (method, code) (rate(lair_rpc_server_handled_seconds_count{`+check+mine+`}[$__rate_interval]))`, "{{method}} {{code}}"),
		},
		{
			title: "How long do logins take?", unit: "s", warn: 1, bad: 3,
			todo:    "Hashing a password takes CPU and memory on purpose. Above the line logins queue: add auth processes.",
			queries: slowest("lair_rpc_server_handled_seconds", check, "method"),
		},
	}})
}

func room() board { return service("room", "Rooms, members, invitations, bans and blocks.") }

func presence() board { return service("presence", "Who is online, and who types.") }

func message() board {
	return service("message", "Messages, and the events of conversations and users.", row{"Commits", []panel{
		{
			title: "How long does a commit take?", unit: "s", warn: .1, bad: .5,
			todo:    "The disk of PostgreSQL is most of it. If it is above the line, see locks and writing on the board of the databases.",
			queries: quantiles("lair_message_commit_seconds"),
		},
		{
			title: "How long do drafts wait for a commit?", unit: "s", warn: .1, bad: .5,
			todo:    "More than one commit takes means that more is sent than can be written: add message processes, or make the disk faster.",
			queries: quantiles("lair_message_commit_wait_seconds"),
		},
		{
			title: "How many drafts share a commit?", unit: "short",
			todo:    "It grows with the load, which is right. If it is at its bound and drafts wait, writing is the limit.",
			queries: quantiles("lair_message_commit_drafts"),
		},
		{
			title: "How many messages are written?", unit: "ops",
			todo:    "This is what users send. 0 while users are online and send: see the calls that fail above.",
			queries: one(`sum by (instance) (rate(lair_message_commit_drafts_sum{`+mine+`}[$__rate_interval]))`, "{{instance}}"),
		},
	}})
}
