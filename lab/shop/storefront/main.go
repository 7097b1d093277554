// storefront is the shop's customers: a steady stream of requests, each on a connection of its own.
package main

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"stanch.dev/lab/shop/observed"
)

func main() {
	requests := observed.NewRequests("storefront")
	http.Handle("/metrics", requests)
	go func() { observed.Fatal(http.ListenAndServe(":8080", nil).Error()) }()
	// TARGETS is "url=requests-per-second" separated by commas.
	for _, target := range strings.Split(observed.Setting("TARGETS", ""), ",") {
		address, rate, _ := strings.Cut(target, "=")
		perSecond, failure := strconv.ParseFloat(rate, 64)
		if failure != nil {
			observed.Fatal("configuration: TARGETS: " + failure.Error())
		}
		go send(requests, address, time.Duration(float64(time.Second)/perSecond))
	}
	observed.Log("info", "sending", map[string]any{"targets": observed.Setting("TARGETS", "")})
	select {}
}

func send(requests *observed.Requests, address string, every time.Duration) {
	client := &http.Client{Timeout: 8 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	path := address[strings.LastIndex(address, "/"):]
	for range time.Tick(every) {
		go func() {
			began := time.Now()
			answer, failure := client.Post(address, "application/json", nil)
			if failure != nil {
				observed.Log("error", "no answer", map[string]any{"url": address, "error": failure.Error()})
				requests.Count("POST", path, 599, time.Since(began))
				return
			}
			_ = answer.Body.Close()
			requests.Count("POST", path, answer.StatusCode, time.Since(began))
		}()
	}
}
