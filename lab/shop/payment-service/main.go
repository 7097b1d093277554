// payment-service stores each payment in PostgreSQL. Like many real services it insists on its database at start,
// holds a small connection pool, and answers 503 when every connection is busy for too long.
package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"stanch.dev/lab/shop/observed"

	_ "github.com/lib/pq"
)

const waitForConnection = time.Second

type paymentService struct {
	database *sql.DB
	slots    chan struct{}
	work     string
	ready    atomic.Bool
	// unreachable counts requests in a row that found no way to the database.
	unreachable atomic.Int32
}

func main() {
	observed.Log("info", "starting", map[string]any{"revision": os.Getenv("RELEASE"), "database": databaseAddress()})
	database := connect()
	poolSize := number("DATABASE_POOL_SIZE", 2)
	database.SetMaxOpenConns(poolSize)
	database.SetMaxIdleConns(poolSize)
	database.SetConnMaxLifetime(20 * time.Second)
	service := &paymentService{database: database, slots: make(chan struct{}, poolSize), work: observed.Setting("AUTHORISATION_SECONDS", "0.15")}
	burnMemory()
	service.ready.Store(true)
	serve(service)
}

func serve(service *paymentService) {
	checkedMebibytes := number("CHECKED_MEBIBYTES", 1)
	requests := observed.NewRequests("http")
	mux := http.NewServeMux()
	mux.Handle("/metrics", requests)
	mux.HandleFunc("/alive", func(response http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(response, "alive, tariffs %x\n", tariffDigest(checkedMebibytes))
	})
	mux.HandleFunc("/ready", func(response http.ResponseWriter, _ *http.Request) {
		if !service.ready.Load() {
			http.Error(response, "stopping", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(response, "ready")
	})
	mux.HandleFunc("/payments", func(response http.ResponseWriter, request *http.Request) {
		began := time.Now()
		code := service.pay(request.Context())
		requests.Count(request.Method, "/payments", code, time.Since(began))
		response.WriteHeader(code)
	})
	server := &http.Server{Addr: observed.Setting("LISTEN", ":8080"), Handler: mux}
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM)
	go func() {
		<-stopped
		service.ready.Store(false)
		observed.Log("info", "stopping", nil)
		time.Sleep(3 * time.Second) // Lets kube-proxy take this pod out of the Service before it stops answering.
		_ = server.Shutdown(context.Background())
	}()
	observed.Log("info", "listening", map[string]any{"address": server.Addr})
	if failure := server.ListenAndServe(); !errors.Is(failure, http.ErrServerClosed) {
		observed.Fatal(failure.Error())
	}
}

func (service *paymentService) pay(caller context.Context) int {
	select {
	case service.slots <- struct{}{}:
		defer func() { <-service.slots }()
	case <-time.After(waitForConnection):
		observed.Log("error", "payment rejected: no database connection became free within 1s", map[string]any{"code": 503})
		return http.StatusServiceUnavailable
	}
	limited, cancel := context.WithTimeout(caller, 5*time.Second)
	defer cancel()
	_, failure := service.database.ExecContext(limited, "with authorised as (select pg_sleep($1::float8)) insert into payments (amount_cents) select 4200 from authorised", service.work)
	service.watch(failure)
	if failure != nil {
		observed.Log("error", "payment failed", map[string]any{"code": 500, "error": failure.Error(), "database": databaseAddress()})
		return http.StatusInternalServerError
	}
	return http.StatusCreated
}

// watch gives up when the database has been out of reach for several requests in a row, as services do that trust
// their platform to restart them. An answer of the database itself, however bad, does not count.
func (service *paymentService) watch(failure error) {
	var network *net.OpError
	if !errors.As(failure, &network) {
		service.unreachable.Store(0)
		return
	}
	if service.unreachable.Add(1) >= 5 {
		observed.Fatal(fmt.Sprintf("database connection to %s lost: %v", databaseAddress(), failure))
	}
}

func databaseAddress() string {
	return observed.Setting("DATABASE_HOST", "postgres") + ":" + observed.Setting("DATABASE_PORT", "5432")
}

func connect() *sql.DB {
	address := url.URL{Scheme: "postgres", Host: databaseAddress(), Path: observed.Setting("DATABASE_NAME", "payments"),
		User: url.UserPassword(os.Getenv("DATABASE_USER"), os.Getenv("DATABASE_PASSWORD")), RawQuery: "sslmode=disable&connect_timeout=3"}
	database, failure := sql.Open("postgres", address.String())
	if failure != nil {
		observed.Fatal("database settings unusable: " + failure.Error())
	}
	for attempt := 1; ; attempt++ {
		if failure = database.Ping(); failure == nil {
			observed.Log("info", "database connected", map[string]any{"database": databaseAddress()})
			return database
		}
		observed.Log("error", "database connection failed", map[string]any{"attempt": attempt, "error": failure.Error(), "database": databaseAddress()})
		if attempt == 3 {
			observed.Fatal(fmt.Sprintf("database connection to %s failed: %v", databaseAddress(), failure))
		}
		time.Sleep(time.Second)
	}
}

// tariffDigest is what the liveness check of many a service does besides answering: it looks through a table that it keeps.
func tariffDigest(mebibytes int) [sha256.Size]byte {
	page := make([]byte, 1<<20)
	digest := sha256.New()
	for range mebibytes {
		_, _ = digest.Write(page)
	}
	return [sha256.Size]byte(digest.Sum(nil))
}

// burnMemory holds the memory that a too large in-process cache would hold, touched so that it is really resident.
func burnMemory() {
	megabytes := number("CACHE_MEGABYTES", 0)
	cache = make([]byte, megabytes<<20)
	for index := 0; index < len(cache); index += 4096 {
		cache[index] = 1
	}
}

var cache []byte

func number(name string, otherwise int) int {
	value, failure := strconv.Atoi(observed.Setting(name, strconv.Itoa(otherwise)))
	if failure != nil {
		observed.Fatal(fmt.Sprintf("configuration: %s must be a number: %v", name, failure))
	}
	return value
}
