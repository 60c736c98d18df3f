package process

import "github.com/prometheus/client_golang/prometheus"

// room tells Prometheus how much room there is where the data file is. Nothing is
// said if that is not known: 0 would be a full disk.
type room struct{ dir string }

var freeDesc = prometheus.NewDesc("lair_data_free_bytes", "Room on the file system of the data file.", nil, nil)

// Describe implements prometheus.Collector.
func (room) Describe(to chan<- *prometheus.Desc) { to <- freeDesc }

// Collect implements prometheus.Collector.
func (r room) Collect(to chan<- prometheus.Metric) {
	if bytes, ok := free(r.dir); ok {
		to <- prometheus.MustNewConstMetric(freeDesc, prometheus.GaugeValue, bytes)
	}
}
