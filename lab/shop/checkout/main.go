// checkout takes an order and asks payment-service, by its DNS name, to take the money.
package main

import (
	"fmt"
	"net/http"
	"time"

	"stanch.dev/lab/shop/observed"
)

func main() {
	payments := observed.Setting("PAYMENTS_URL", "http://payment-service.payments.svc.cluster.local:8080/payments")
	requests := observed.NewRequests("http")
	// One connection per request spreads the load over all replicas behind the Service.
	client := &http.Client{Timeout: 6 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	http.Handle("/metrics", requests)
	http.HandleFunc("/alive", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprintln(response, "alive") })
	http.HandleFunc("/orders", func(response http.ResponseWriter, request *http.Request) {
		began := time.Now()
		code := http.StatusCreated
		answer, failure := client.Post(payments, "application/json", nil)
		if failure != nil {
			observed.Log("error", "payment-service unreachable", map[string]any{"code": 502, "error": failure.Error()})
			code = http.StatusBadGateway
		} else {
			_ = answer.Body.Close()
			if answer.StatusCode >= 500 {
				observed.Log("error", "payment-service failed", map[string]any{"code": 502, "upstreamCode": answer.StatusCode})
				code = http.StatusBadGateway
			}
		}
		requests.Count(request.Method, "/orders", code, time.Since(began))
		response.WriteHeader(code)
	})
	observed.Log("info", "listening", map[string]any{"address": ":8080", "payments": payments})
	observed.Fatal(http.ListenAndServe(":8080", nil).Error())
}
