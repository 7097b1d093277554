// Package observed gives every program of the shop the same structured log and the same request metrics.
package observed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

// Log writes one JSON line to standard output, as the shop's log pipeline expects.
func Log(level, message string, fields map[string]any) {
	line := map[string]any{"time": time.Now().UTC().Format(time.RFC3339Nano), "level": level, "message": message}
	for name, value := range fields {
		line[name] = value
	}
	text, _ := json.Marshal(line)
	fmt.Fprintln(os.Stdout, string(text))
}

// Fatal logs in the plain form that database drivers and shell tools use, and ends the process.
func Fatal(message string) {
	fmt.Fprintf(os.Stdout, "%s FATAL: %s\n", time.Now().UTC().Format(time.RFC3339), message)
	os.Exit(1)
}

var buckets = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5}

// Requests counts requests by labels and keeps a latency histogram in Prometheus' text format.
type Requests struct {
	mutex   sync.Mutex
	prefix  string
	counts  map[string]float64
	buckets []float64
	sum     float64
	total   float64
}

func NewRequests(prefix string) *Requests {
	return &Requests{prefix: prefix, counts: map[string]float64{}, buckets: make([]float64, len(buckets))}
}

func (requests *Requests) Count(method, path string, code int, took time.Duration) {
	requests.mutex.Lock()
	defer requests.mutex.Unlock()
	requests.counts[fmt.Sprintf(`method=%q,path=%q,code="%d"`, method, path, code)]++
	seconds := took.Seconds()
	requests.sum += seconds
	requests.total++
	for index, bound := range buckets {
		if seconds <= bound {
			requests.buckets[index]++
		}
	}
}

func (requests *Requests) ServeHTTP(response http.ResponseWriter, _ *http.Request) {
	requests.mutex.Lock()
	defer requests.mutex.Unlock()
	var text strings.Builder
	fmt.Fprintf(&text, "# HELP %s_requests_total Requests by method, path and status code.\n# TYPE %s_requests_total counter\n", requests.prefix, requests.prefix)
	labels := make([]string, 0, len(requests.counts))
	for label := range requests.counts {
		labels = append(labels, label)
	}
	sort.Strings(labels)
	for _, label := range labels {
		fmt.Fprintf(&text, "%s_requests_total{%s} %g\n", requests.prefix, label, requests.counts[label])
	}
	fmt.Fprintf(&text, "# HELP %s_request_duration_seconds Time to answer.\n# TYPE %s_request_duration_seconds histogram\n", requests.prefix, requests.prefix)
	for index, bound := range buckets {
		fmt.Fprintf(&text, "%s_request_duration_seconds_bucket{le=\"%g\"} %g\n", requests.prefix, bound, requests.buckets[index])
	}
	fmt.Fprintf(&text, "%s_request_duration_seconds_bucket{le=\"+Inf\"} %g\n", requests.prefix, requests.total)
	fmt.Fprintf(&text, "%s_request_duration_seconds_sum %g\n%s_request_duration_seconds_count %g\n", requests.prefix, requests.sum, requests.prefix, requests.total)
	response.Header().Set("Content-Type", "text/plain; version=0.0.4")
	_, _ = response.Write([]byte(text.String()))
}

// Setting reads an environment variable, or the given value where it is not set.
func Setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
