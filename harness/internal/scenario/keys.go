package scenario

// The types below are the keys of the scenario file. The decoder fills them, and the
// JSON Schema is made from them, so that each key is defined in exactly one place.
// Their fields remember their position in the file. A zero mark means "not given";
// the checks replace such a value by the documented default.

// fileScenario is the file as a whole. The keys of streamSpec, inlined here, are the short
// form of a scenario with one stream.
type fileScenario struct {
	mark       `yaml:"-"`
	Version    count             `yaml:"version" jsonschema:"required" jsonschema_description:"Version of the file format; this is version 1."`
	Name       text              `yaml:"name" jsonschema:"required,pattern=^[a-z0-9-]+$" jsonschema_description:"Name of the scenario, unique in a run."`
	Summary    text              `yaml:"summary" jsonschema_description:"One line for the report."`
	Requires   list[text]        `yaml:"requires" jsonschema_description:"Program and arguments that must succeed, or the scenario is skipped; what they print on stderr is the reason."`
	Secrets    list[text]        `yaml:"secrets" jsonschema_description:"Environment variables with secrets, used as ${secret.NAME} in headers, bodies, env and setup, and never written anywhere."`
	Prepare    *fileHook         `yaml:"prepare" jsonschema_description:"A command that runs before the servers of every trial start, untimed."`
	Cleanup    *fileHook         `yaml:"cleanup" jsonschema_description:"A command that runs after the servers of every trial have ended, untimed."`
	Setup      list[fileStep]    `yaml:"setup" jsonschema_description:"Requests that are sent once per trial when the servers are ready, unrecorded, like a login."`
	Placement  text              `yaml:"placement" jsonschema:"default=split" jsonschema_description:"split (servers and generator on CPUs of their own), none (all on any CPU, as the system likes), or ${...} that becomes one of them."`
	Server     *fileServer       `yaml:"server" jsonschema_description:"The one server; use servers for several."`
	Servers    list[namedServer] `yaml:"servers" jsonschema_description:"Several servers, started in this order."`
	Params     pairs[text]       `yaml:"params" jsonschema_description:"Defaults for ${name}."`
	Variants   list[fileVariant] `yaml:"variants" jsonschema_description:"What is compared. Default: one variant named default."`
	AA         text              `yaml:"aa" jsonschema_description:"A/A control: adds a copy of this variant, named NAME-aa, to every block."`
	Control    text              `yaml:"control" jsonschema_description:"Positive control: the variant with a known slowdown; never base or head."`
	Matrix     pairs[list[text]] `yaml:"matrix" jsonschema_description:"Parameters crossed with the variants."`
	streamSpec `yaml:",inline"`
	Streams    list[fileStream] `yaml:"streams" jsonschema_description:"Several loads at once, instead of load, targets, vars and expect."`
	Warmup     duration         `yaml:"warmup" varies:"by cell" jsonschema:"default=2s" jsonschema_description:"Length of the same attack before recording begins."`
	Blocks     count            `yaml:"blocks" jsonschema:"default=10,minimum=1" jsonschema_description:"How many times every variant is measured."`
	Objectives list[text]       `yaml:"objectives" varies:"by cell" jsonschema_description:"Bounds on the result, like p99 < 200ms, errors < 6% or goodput > 500/s."`
}

// fileServer is a server: one that a command starts afresh for every trial, or, with a URL,
// one that already runs.
type fileServer struct {
	mark    `yaml:"-"`
	Command list[text]          `yaml:"command" jsonschema_description:"Program and arguments, started afresh for every trial, without a shell. It is told where to listen by ${port}, or by ${socket} for a Unix domain socket."`
	URL     text                `yaml:"url" jsonschema_description:"Scheme and host of a server that already runs, or unix:///PATH of its socket; its trials are dependent."`
	TLS     *fileTLS            `yaml:"tls" jsonschema_description:"How TLS is spoken with the server. A server with a command is then asked by https, and {} trusts the system's authorities."`
	Env     pairs[text]         `yaml:"env" jsonschema_description:"Environment variables added for the server."`
	Dir     text                `yaml:"dir" jsonschema:"default=." jsonschema_description:"Directory in which the server is started. Without it, a program whose path has a slash is looked for in the folder of the scenario file, and then in the one in which assay was started."`
	Host    text                `yaml:"host" jsonschema:"pattern=^[a-z0-9][a-z0-9._-]*$" jsonschema_description:"Name of a host of its own, for a run with --on; --host NAME=NODE says which it is."`
	Ready   *fileReady          `yaml:"ready" jsonschema_description:"How to see that the server is ready."`
	Also    oneOrMore[fileAlso] `yaml:"also" jsonschema_description:"What else belongs to the server, such as a database that already runs: its CPU time and memory count."`
	Metrics text                `yaml:"metrics" jsonschema_description:"Path or URL of metrics, sampled during the attack."`
	Profile text                `yaml:"profile" jsonschema_description:"Path or URL of a CPU profile in pprof's format, like /debug/pprof/profile; asked with seconds=N in the blocks of run --profile. allocs, mutex and block beside it are taken too."`
	Stop    *fileStop           `yaml:"stop" jsonschema_description:"How the server is stopped."`
	Build   *fileBuild          `yaml:"build" jsonschema_description:"Run untimed, once per variant and block."`
}

// namedServer is an entry of servers. Its name is that of ${port.NAME} and of a stream's
// server.
type namedServer struct {
	Name       text `yaml:"name" jsonschema:"required,pattern=^[a-z0-9][a-z0-9._-]*$" jsonschema_description:"Name of the server, for streams and ${port.NAME} or ${socket.NAME}."`
	fileServer `yaml:",inline"`
}

// fileReady says when a server that was started may be loaded.
type fileReady struct {
	mark    `yaml:"-"`
	Path    text     `yaml:"path" jsonschema:"default=/" jsonschema_description:"Path or URL that answers 2xx or 3xx when the server is ready, or tcp://HOST:PORT or unix:///PATH that then takes a connection."`
	Timeout duration `yaml:"timeout" jsonschema:"default=10s" jsonschema_description:"How long to wait for that."`
}

// fileTLS is how the load and everything else speaks TLS with a server. An empty one, tls: {},
// means HTTPS with the certificates that the system trusts.
type fileTLS struct {
	mark       `yaml:"-"`
	CA         text  `yaml:"ca" jsonschema_description:"PEM file, relative to the scenario file, with the certificates to trust instead of the system's; that of a self-signed server is one."`
	Insecure   truth `yaml:"insecure" varies:"by cell" jsonschema:"default=false" jsonschema_description:"Accept whatever certificate the server shows; the report says so."`
	Cert       text  `yaml:"cert" jsonschema_description:"PEM file with the certificate that the load shows to the server."`
	Key        text  `yaml:"key" jsonschema_description:"PEM file with the private key of cert."`
	ServerName text  `yaml:"server_name" jsonschema_description:"Name that the server's certificate has to hold. Default: the host of its URL."`
}

// fileStop is how a server is ended. What is left of it after the time-out is killed.
type fileStop struct {
	mark    `yaml:"-"`
	Signal  text     `yaml:"signal" jsonschema:"default=TERM,enum=TERM,enum=INT,enum=QUIT,enum=HUP,enum=KILL" jsonschema_description:"Signal that asks the server to end."`
	Timeout duration `yaml:"timeout" jsonschema:"default=30s" jsonschema_description:"How long to wait before it is killed."`
}

// fileBuild makes the program of a server. It runs once for every variant and block, because
// each build has a code layout of its own.
type fileBuild struct {
	mark    `yaml:"-"`
	Command list[text] `yaml:"command" jsonschema:"required" jsonschema_description:"Program and arguments; ${binary} is where the result belongs."`
	Dir     text       `yaml:"dir" jsonschema:"default=." jsonschema_description:"Directory in which the build runs."`
}

// fileVariant is one of the things that are compared. Its params replace those of the scenario.
type fileVariant struct {
	mark   `yaml:"-"`
	Name   text        `yaml:"name" jsonschema:"required,pattern=^[a-z0-9][a-z0-9._-]*$" jsonschema_description:"Name of the variant. The ending -aa is reserved."`
	Params pairs[text] `yaml:"params" jsonschema_description:"Values for ${name} in this variant."`
}

// streamSpec is one load. In the short form its keys are at the top of the file,
// otherwise in an entry of streams.
type streamSpec struct {
	Load    *fileLoad          `yaml:"load" varies:"by cell" jsonschema_description:"The load model."`
	Expect  *fileExpect        `yaml:"expect" jsonschema_description:"Which answers count as what."`
	Vars    pairs[fileVar]     `yaml:"vars" jsonschema_description:"Variables for targets, whose values change from request to request."`
	Targets list[fileTarget]   `yaml:"targets" jsonschema_description:"The requests, drawn by weight."`
	Flow    list[fileFlowStep] `yaml:"flow" jsonschema_description:"Instead of targets: the requests that a client makes one after the other. The load counts flows: rate is flows per second."`
	Cookies truth              `yaml:"cookies" jsonschema:"default=false" jsonschema_description:"true: every run of the flow keeps the cookies that it is given."`
}

// fileStream is an entry of streams: a load with the name of its server, and with objectives
// of its own.
type fileStream struct {
	mark       `yaml:"-"`
	Name       text `yaml:"name" jsonschema:"required,pattern=^[a-z0-9][a-z0-9._-]*$" jsonschema_description:"Name of the stream."`
	Server     text `yaml:"server" jsonschema_description:"Name of the server it loads; may be left out if there is one."`
	streamSpec `yaml:",inline"`
	Objectives list[text] `yaml:"objectives" varies:"by cell" jsonschema_description:"Bounds on the results of this stream alone."`
}

// fileLoad is how requests are sent. Exactly one of closed and open is given.
type fileLoad struct {
	mark        `yaml:"-"`
	Closed      *fileClosed `yaml:"closed" jsonschema_description:"Closed loop: a client sends its next request after the last answer."`
	Open        *fileOpen   `yaml:"open" jsonschema_description:"Open loop: requests are due by a schedule."`
	Timeout     duration    `yaml:"timeout" jsonschema:"default=30s" jsonschema_description:"Time-out of a request, from its intended start."`
	Connections count       `yaml:"connections" jsonschema:"minimum=1" jsonschema_description:"Upper bound. Default: the closed clients, or 1000."`
	Transport   text        `yaml:"transport" jsonschema:"default=fast,enum=fast,enum=std" jsonschema_description:"fast, or std (net/http: HTTP/2)."`
	Reuse       truth       `yaml:"reuse" jsonschema:"default=true" jsonschema_description:"false: every request has a connection of its own, and the time to open it is a part of the request's."`
}

// fileClosed is a load whose clients wait for answers. Exactly one of requests and duration
// is given.
type fileClosed struct {
	mark     `yaml:"-"`
	Clients  count    `yaml:"clients" jsonschema:"required,minimum=1" jsonschema_description:"Number of clients."`
	Requests count    `yaml:"requests" jsonschema:"minimum=1" jsonschema_description:"Number of requests of all clients together; instead of duration."`
	Duration duration `yaml:"duration" jsonschema_description:"Length of the measured window; instead of requests."`
	Think    duration `yaml:"think" jsonschema:"default=0s" jsonschema_description:"Pause of a client before each request."`
	Backoff  duration `yaml:"backoff" jsonschema_description:"Pause after a refusal. Default: what Retry-After asks, else 100ms."`
}

// fileOpen is a load on a schedule: either rate and duration, or stages.
type fileOpen struct {
	mark     `yaml:"-"`
	Rate     rate            `yaml:"rate" jsonschema_description:"Requests per second, minute or hour."`
	Arrivals text            `yaml:"arrivals" jsonschema:"default=constant,enum=constant,enum=poisson" jsonschema_description:"Evenly spaced, or a Poisson process."`
	Duration duration        `yaml:"duration" jsonschema_description:"Length of the measured window."`
	Stages   list[fileStage] `yaml:"stages" jsonschema_description:"Steps and ramps, instead of rate and duration."`
}

// fileStage is one section of a schedule. Without to, its rate is constant.
type fileStage struct {
	mark     `yaml:"-"`
	Rate     rate     `yaml:"rate" jsonschema:"required" jsonschema_description:"Rate at the start of the stage."`
	To       rate     `yaml:"to" jsonschema_description:"Rate at its end, reached linearly. Default: the same."`
	Duration duration `yaml:"duration" jsonschema:"required" jsonschema_description:"Length of the stage."`
}

// fileExpect sorts answers by their status. What is in neither list is an error.
type fileExpect struct {
	mark     `yaml:"-"`
	OK       list[text] `yaml:"ok" jsonschema_description:"Statuses that count as ok. Default: 2xx and 3xx."`
	Rejected list[text] `yaml:"rejected" jsonschema_description:"Statuses that count as refusals. Default: 429, and 503 with Retry-After."`
}

// fileVar is where the values of a variable come from. Exactly one of sequence, random,
// values, file, csv and uuid is given; pick says in which order they are taken.
type fileVar struct {
	mark     `yaml:"-"`
	Sequence list[count] `yaml:"sequence" jsonschema:"minItems=2,maxItems=2" jsonschema_description:"First and last number."`
	Random   list[count] `yaml:"random" jsonschema:"minItems=2,maxItems=2" jsonschema_description:"Smallest and largest of whole numbers that are drawn alike."`
	Format   text        `yaml:"format" jsonschema:"default=%d" jsonschema_description:"How a number of sequence or random is written: text around one %d or %05d."`
	Values   list[text]  `yaml:"values" jsonschema_description:"The values themselves."`
	File     text        `yaml:"file" jsonschema_description:"File with one value a line, relative to the scenario file."`
	CSV      text        `yaml:"csv" jsonschema_description:"CSV file, relative to the scenario file, whose first row names the columns: ${NAME.COLUMN}."`
	UUID     truth       `yaml:"uuid" jsonschema_description:"true: every request has a random UUID of its own."`
	Pick     text        `yaml:"pick" jsonschema:"default=sequence,enum=sequence,enum=random,enum=zipf" jsonschema_description:"How requests take the values of sequence, values, file or csv: one after the other, all alike, or the first ones most often."`
	S        number      `yaml:"s" jsonschema:"default=1" jsonschema_description:"Exponent of pick: zipf, above 0. Value i is taken with a probability proportional to 1/i^s."`
}

// fileRequest is what a target and a step of a flow have in common.
type fileRequest struct {
	Name       text              `yaml:"name" jsonschema:"pattern=^[a-z0-9-]+$" jsonschema_description:"Name of the request, under which it has results of its own. Default: made from method and path, like get-orders."`
	Expect     *fileTargetExpect `yaml:"expect" jsonschema_description:"What a right answer is. An answer that fails a check is an error, counted by its reason."`
	Objectives list[text]        `yaml:"objectives" varies:"by cell" jsonschema_description:"Bounds on the results of these requests, like p99 < 50ms."`
	Method     text              `yaml:"method" jsonschema:"default=GET,pattern=^[A-Z]+$" jsonschema_description:"HTTP method."`
	Headers    pairs[text]       `yaml:"headers" jsonschema_description:"Request headers."`
	Body       text              `yaml:"body" jsonschema_description:"Request body."`
	BodyFile   text              `yaml:"body_file" jsonschema_description:"File with the request body, relative to the scenario file."`
}

// fileTarget is one kind of request, drawn by its weight among all targets of the stream.
type fileTarget struct {
	mark        `yaml:"-"`
	fileRequest `yaml:",inline"`
	Path        text  `yaml:"path" jsonschema:"required" jsonschema_description:"Path and query."`
	Weight      count `yaml:"weight" jsonschema:"default=1,minimum=1" jsonschema_description:"Share of this target among all."`
}
