package main

import "strings"

type object = map[string]any

var source = object{"type": "prometheus", "uid": "${datasource}"}

// docs is where the pages of the repository are read.
const docs = "https://github.com/lair-chat/lair/blob/main/docs/"

// dashboard is a board in Grafana's own terms, schema version 41 (Grafana 12).
func dashboard(b board, all []board) object {
	links := []object{}
	for _, other := range all {
		if other.name != b.name {
			links = append(links, link(other.title, "/d/lair-"+other.name, true))
		}
	}
	links = append(links, link("Runbooks", docs+"runbooks.md", false), link("Metrics", docs+"metrics.md", false))
	return object{
		"uid": "lair-" + b.name, "title": "Lair Chat: " + b.title, "description": b.about,
		"tags": []string{"lair"}, "schemaVersion": 41, "version": 1, "editable": false,
		"graphTooltip": 1, "refresh": "30s", "timezone": "browser",
		"time":        object{"from": "now-3h", "to": "now"},
		"links":       links,
		"templating":  object{"list": variables(b)},
		"annotations": object{"list": annotations()},
		"panels":      layout(b.rows),
	}
}

func link(title, url string, keep bool) object {
	return object{
		"type": "link", "title": title, "url": url, "icon": "dashboard", "tooltip": title, "tags": []string{},
		"asDropdown": false, "includeVars": false, "keepTime": keep, "targetBlank": !keep,
	}
}

func variables(b board) []object {
	return []object{
		{"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "hide": 0, "refresh": 1, "regex": "", "multi": false, "includeAll": false},
		{
			"name": "instance", "label": "Instance", "type": "query", "datasource": source,
			"query": object{"query": instances(b), "refId": "instance"},
			"hide":  0, "refresh": 2, "regex": "", "sort": 1, "multi": true, "includeAll": true,
			"current": object{"selected": true, "text": []string{"All"}, "value": []string{"$__all"}},
		},
	}
}

func instances(b board) string { return "label_values(" + b.instances + ", instance)" }

// annotations mark when alerts fired.
func annotations() []object {
	return []object{{
		"name": "Alerts", "datasource": source, "enable": true, "hide": false, "iconColor": "red",
		"expr": `ALERTS{alertstate="firing"}`, "titleFormat": "{{alertname}}", "textFormat": "{{instance}}", "step": "60s",
	}}
}

// layout puts numbers four and graphs two to a line, in 24 columns.
func layout(rows []row) []object {
	out, id, y := []object{}, 0, 0
	for _, r := range rows {
		id++
		out = append(out, object{"id": id, "type": "row", "title": r.title, "collapsed": false, "panels": []object{}, "gridPos": place(24, 1, 0, y)})
		y++
		x, tall := 0, 0
		for _, p := range r.panels {
			w, h := 12, 8
			if p.now {
				w, h = 6, 5
			}
			if x+w > 24 {
				x, y, tall = 0, y+tall, 0
			}
			id++
			out = append(out, p.draw(id, place(w, h, x, y)))
			x, tall = x+w, max(tall, h)
		}
		y += tall
	}
	return out
}

func place(w, h, x, y int) object { return object{"w": w, "h": h, "x": x, "y": y} }

func (p panel) draw(id int, at object) object {
	targets := []object{}
	for i, q := range p.queries {
		targets = append(targets, object{
			"refId": string(rune('A' + i)), "datasource": source, "expr": q.expr, "legendFormat": q.legend,
			"editorMode": "code", "range": !p.now, "instant": p.now,
			// Points that lead to a trace; only histograms have them.
			"exemplar": !p.now && strings.Contains(q.expr, "_bucket"),
		})
	}
	out := object{
		"id": id, "title": p.title, "description": p.todo, "datasource": source, "gridPos": at, "targets": targets,
		"links": []object{link("Runbooks", docs+"runbooks.md", false)},
	}
	defaults := object{"unit": p.unit, "min": 0, "thresholds": p.thresholds()}
	if p.now {
		out["type"] = "stat"
		defaults["color"] = object{"mode": "thresholds"}
		out["options"] = object{
			"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "orientation": "auto", "textMode": "auto",
			"percentChangeColorMode": "standard", "showPercentChange": false, "wideLayout": true,
			"reduceOptions": object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
		}
	} else {
		out["type"] = "timeseries"
		defaults["color"] = object{"mode": "palette-classic"}
		defaults["custom"] = p.lines()
		out["options"] = object{
			"legend":  object{"displayMode": "table", "placement": "right", "showLegend": true, "calcs": []string{"lastNotNull", "max"}},
			"tooltip": object{"mode": "multi", "sort": "desc"},
		}
	}
	out["fieldConfig"] = object{"defaults": defaults, "overrides": []object{}}
	return out
}

func (p panel) lines() object {
	custom := object{"lineWidth": 1, "fillOpacity": 0, "showPoints": "never", "spanNulls": false}
	if p.stack {
		custom["fillOpacity"] = 20
		custom["stacking"] = object{"mode": "normal", "group": "A"}
	}
	if p.bad != 0 {
		custom["thresholdsStyle"] = object{"mode": "dashed"}
	}
	return custom
}

func (p panel) thresholds() object {
	steps := []object{{"color": "green", "value": nil}}
	switch {
	case p.below:
		steps = []object{{"color": "red", "value": nil}, {"color": "green", "value": p.bad}}
	case p.bad != 0:
		steps = append(steps, object{"color": "yellow", "value": p.warn}, object{"color": "red", "value": p.bad})
	}
	return object{"mode": "absolute", "steps": steps}
}
