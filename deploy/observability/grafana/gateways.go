package main

func gateway() board {
	return board{
		name: "gateway", title: "gateway", about: "What clients ask of the gateways, over HTTP and sockets.",
		instances: "lair_gateway_online_users",
		rows: []row{
			{"Connections", []panel{
				{
					title: "How many connections are open, by transport?", unit: "short", stack: true,
					todo:    "A fall of one transport only points to its port: the load balancer, its certificate, or a firewall.",
					queries: gauge("lair_gateway_connections", "transport"),
				},
				{
					title: "How many users does each gateway serve?", unit: "short", stack: true,
					todo:    "About even is right. A gateway with none while others have many is not in the load balancer: see its /ready.",
					queries: gauge("lair_gateway_online_users", "instance"),
				},
				{
					title: "How much waits for clients to read?", unit: "bytes", warn: 128 << 20, bad: 256 << 20,
					todo:    "At 256 MiB a gateway sends slow clients away. If it stays high, the way out is full: add gateways or look at their network.",
					queries: gauge("lair_gateway_queued_bytes", "instance"),
				},
				{
					title: "How many clients were sent away as too slow?", unit: "ops",
					todo:    "They come back and resume; nothing is lost. Many at once on one gateway mean that its network or CPU is too small.",
					queries: rate("lair_gateway_slow_readers_total", "", "instance"),
				},
			}},
			{"HTTP", []panel{
				{
					title: "Which routes are asked?", unit: "reqps", stack: true,
					todo:    "One route far above its custom is a client that loops; the rate limits hold it back. Look for it in the log of the gateway.",
					queries: rate("lair_gateway_http_seconds_count", "", "route"),
				},
				{
					title: "Which routes fail?", unit: "reqps",
					todo:    "Answers with 5xx. 503 means that a service behind is away; for 500 read the gateway's log for the route.",
					queries: one(`sum by (route, status) (rate(lair_gateway_http_seconds_count{status=~"5..",`+mine+`}[$__rate_interval])) or on () label_replace(vector(0), "route", "none", "", "")`, "{{route}} {{status}}"),
				},
				{
					title: "Which routes are slow?", unit: "s", warn: .5, bad: 2,
					todo:    "99 of 100 requests are faster. Logins are slow on purpose. For others open the board of the service behind the route.",
					queries: slowest("lair_gateway_http_seconds", "", "route"),
				},
				{
					title: "Which answers are given?", unit: "reqps", stack: true,
					todo:    "Many 429: somebody is limited; many 401: tokens have ended, or the keys differ between processes.",
					queries: rate("lair_gateway_http_seconds_count", "", "status"),
				},
			}},
			{"Sockets", []panel{
				{
					title: "Which commands arrive?", unit: "ops", stack: true,
					todo:    "The command invalid is what is none: many of them are a broken client.",
					queries: rate("lair_gateway_command_seconds_count", "", "command"),
				},
				{
					title: "Which commands are refused, and why?", unit: "ops",
					todo:    "Codes of the caller's own doing are common. Those for internal errors or unavailable services are ours: see the calls below.",
					queries: one(`sum by (command, code) (rate(lair_gateway_command_seconds_count{`+refused+mine+`}[$__rate_interval])) or vector(0)`, "{{command}} {{code}}"),
				},
				{
					title: "Which commands are slow?", unit: "s", warn: .25, bad: 1,
					todo:    "99 of 100 are answered faster. Compare with the calls to services: what is slow in both is slow behind.",
					queries: slowest("lair_gateway_command_seconds", "", "command"),
				},
				{
					title: "Which calls to services are slow?", unit: "s", warn: .25, bad: 1,
					todo:    "99 of 100 are faster, seen from the gateway. If the service's own board says less, the time is lost between them. Nothing in lair serve.",
					queries: slowest("lair_rpc_client_handled_seconds", "", "method"),
				},
			}},
			{"Processes", runtime()},
		},
	}
}

func delivery() board {
	return board{
		name: "delivery", title: "delivery", about: "From the send of a message to the screens of others.",
		instances: "lair_gateway_online_users",
		rows: []row{
			{"From end to end", []panel{
				{
					title: "How long from a send to its acknowledgement?", unit: "s", warn: .25, bad: 1,
					todo:    "If it is above the line, see on the message board whether drafts wait or commits are slow.",
					queries: quantiles("lair_gateway_send_seconds"),
				},
				{
					title: "How long from a commit to the connections?", unit: "s", warn: .25, bad: 1,
					todo:    "If it is above the line and events are healed, the bus is in trouble: see Redis. If none are healed, the gateways are: see their CPU.",
					queries: quantiles("lair_gateway_deliver_seconds"),
				},
				{
					title: "Which events go out?", unit: "ops", stack: true,
					todo:    "Each is counted once on each gateway. One type far above its custom is a client that loops.",
					queries: rate("lair_gateway_events_total", "", "type"),
				},
				{
					title: "How many deliveries does each gateway make?", unit: "ops", stack: true,
					todo:    "This is the work of a gateway. If one is at the limit of its CPU here, add gateways.",
					queries: rate("lair_gateway_deliveries_total", "", "instance"),
				},
			}},
			{"What goes wrong, and is mended", []panel{
				{
					title: "How many events did the bus not bring?", unit: "ops", warn: 1, bad: 10,
					todo:    "They were read from the database: late, but not lost. A short peak after a restart of Redis is right; a level that stays is a bus that is cut off.",
					queries: rate("lair_gateway_healed_events_total", "", "instance"),
				},
				{
					title: "How many bells may be lost?", unit: "ops", warn: .1, bad: 1,
					todo:    "Redis did not answer those who had something to tell. See whether it is up, full, or slow on the board for Redis.",
					queries: one(`sum by (instance) (rate(lair_bus_lost_bells_total[$__rate_interval]))`, "{{instance}}"),
				},
				{
					title: "How often does listening to the bus break?", unit: "ops", warn: .1, bad: 1,
					todo:    "Each break is followed by healing. Again and again means that Redis restarts, or sends slow listeners away (client-output-buffer-limit pubsub).",
					queries: one(`sum by (instance) (rate(lair_bus_interruptions_total[$__rate_interval]))`, "{{instance}}"),
				},
				{
					title: "How many conversations and users does each gateway follow?", unit: "short",
					todo:    "It follows the users online. If it grows while they do not, restart that gateway and report it.",
					queries: gauge("lair_gateway_sequences", "instance"),
				},
			}},
		},
	}
}
