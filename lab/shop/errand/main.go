// errand is the small program of every other team: what it does is its first argument. It calls a neighbour, asks the
// API server for something, answers for others over TLS, measures a queue, refuses callers that ask too often, or keeps
// what it should let go.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strconv"
	"time"

	"stanch.dev/lab/shop/observed"
)

func main() {
	if len(os.Args) < 3 {
		observed.Fatal("configuration: give an errand (call, ask, guard, measure, limit, hoard) and what it is about")
	}
	switch what := os.Args[2]; os.Args[1] {
	case "call":
		call(what)
	case "ask":
		ask(what)
	case "guard":
		guard(what)
	case "measure":
		measure(what)
	case "limit":
		limit(what)
	case "hoard":
		hoard(what)
	default:
		observed.Fatal("configuration: unknown errand " + os.Args[1])
	}
}

// call asks a neighbour every two seconds and gives up when it has had no good answer three times in a row.
func call(address string) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for failures := 0; ; time.Sleep(2 * time.Second) {
		reply, failure := client.Get(address)
		if failure == nil {
			_ = reply.Body.Close()
			if reply.StatusCode >= 400 {
				failure = errors.New(reply.Status)
			}
		}
		if failure == nil {
			failures = 0
			continue
		}
		failures++
		observed.Log("error", "call failed", map[string]any{"url": address, "error": failure.Error()})
		if failures == 3 {
			observed.Fatal(fmt.Sprintf("%s does not serve: %v", address, failure))
		}
	}
}

// ask reads something from the API server with the pod's own account, as operators and agents do.
func ask(what string) {
	const account = "/var/run/secrets/kubernetes.io/serviceaccount/"
	token, failure := os.ReadFile(account + "token")
	if failure != nil {
		observed.Fatal(failure.Error())
	}
	authority, _ := os.ReadFile(account + "ca.crt")
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	for ; ; time.Sleep(5 * time.Second) {
		request, _ := http.NewRequest(http.MethodGet, "https://"+os.Getenv("KUBERNETES_SERVICE_HOST")+what, nil)
		request.Header.Set("Authorization", "Bearer "+string(token))
		reply, failure := client.Do(request)
		if failure != nil {
			observed.Fatal(failure.Error())
		}
		var status struct {
			Message string `json:"message"`
		}
		_ = json.NewDecoder(reply.Body).Decode(&status)
		_ = reply.Body.Close()
		if reply.StatusCode >= 400 {
			observed.Fatal("failed to list: " + status.Message)
		}
	}
}

// guard answers over TLS with the certificate below /certificates; as an admission webhook it denies everything.
func guard(reason string) {
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		var review struct {
			Request struct {
				UID string `json:"uid"`
			} `json:"request"`
		}
		body, _ := io.ReadAll(request.Body)
		_ = json.Unmarshal(body, &review)
		answer(response, map[string]any{
			"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
			"response": map[string]any{"uid": review.Request.UID, "allowed": false, "status": map[string]any{"message": reason}},
		})
	})
	serveSecurely()
}

// measure is an aggregated API that tells autoscalers, for every metric they ask for, the length of one queue.
func measure(length string) {
	const group = "external.metrics.k8s.io/v1beta1"
	http.HandleFunc("/apis/"+group, func(response http.ResponseWriter, _ *http.Request) {
		answer(response, map[string]any{
			"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group,
			"resources": []any{map[string]any{
				"name": "queue-length", "singularName": "", "namespaced": true, "kind": "ExternalMetricValueList", "verbs": []string{"get"},
			}},
		})
	})
	http.HandleFunc("/apis/"+group+"/", func(response http.ResponseWriter, request *http.Request) {
		answer(response, map[string]any{
			"kind": "ExternalMetricValueList", "apiVersion": group, "metadata": map[string]any{},
			"items": []any{map[string]any{
				"metricName": path.Base(request.URL.Path), "metricLabels": map[string]string{}, "value": length,
				"timestamp": time.Now().UTC().Format(time.RFC3339),
			}},
		})
	})
	serveSecurely()
}

func serveSecurely() {
	observed.Log("info", "listening", map[string]any{"address": ":8443"})
	observed.Fatal(http.ListenAndServeTLS(":8443", "/certificates/tls.crt", "/certificates/tls.key", nil).Error())
}

func answer(response http.ResponseWriter, value any) {
	response.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(response).Encode(value)
}

// limit tells every caller that it asks too often.
func limit(message string) {
	http.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Retry-After", "60")
		http.Error(response, message, http.StatusTooManyRequests)
	})
	observed.Log("info", "listening", map[string]any{"address": ":8080"})
	observed.Fatal(http.ListenAndServe(":8080", nil).Error())
}

// hoard keeps as many kibibytes more each second, as a program does that never lets go.
func hoard(kibibytes string) {
	perSecond, failure := strconv.Atoi(kibibytes)
	if failure != nil {
		observed.Fatal("configuration: " + failure.Error())
	}
	for range time.Tick(time.Second) {
		piece := make([]byte, perSecond<<10)
		for index := 0; index < len(piece); index += 4096 {
			piece[index] = 1
		}
		kept = append(kept, piece)
	}
}

var kept [][]byte
