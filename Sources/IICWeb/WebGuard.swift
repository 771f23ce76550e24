/// Who may ask for what.
package struct WebGuard: Sendable {
    let address: ListenAddress
    let token: AccessToken?

    package init(address: ListenAddress, token: AccessToken?) {
        self.address = address
        self.token = token
    }

    /// Browsers keep cookies by host, for all its ports.
    var cookieName: String { "iicd-\(address.port)" }

    /// Refuses a request that a page of somebody else may have made this browser send.
    func check(_ request: WebRequest) throws(WebRefusal) {
        guard let host = try request.header("host") else {
            throw WebRefusal(status: 400, sentence: "The request has no Host header.")
        }
        // With a token another page gets nowhere under whatever name; a proxy may have its own.
        guard token != nil || address.hosts.contains(host.lowercased()) else {
            throw WebRefusal(
                status: 421,
                sentence: "This server is not the one that the request's Host names: open "
                    + "\(address.url).")
        }
        let isOpen = request.path == "/" && request.method != "POST"
        let site = try request.header("sec-fetch-site")
        guard isOpen || site == nil || site == "same-origin" || site == "none" else {
            throw Self.crossSite
        }
        if let origin = try request.header("origin") {
            let own = ["http://\(host)", "https://\(host)"].map { $0.lowercased() }
            guard own.contains(origin.lowercased()) else { throw Self.crossSite }
        }
    }

    private static let crossSite = WebRefusal(
        status: 403, sentence: "The request comes from a page of another site.")

    /// Refuses a request without the token, if there is one.
    func authorize(_ request: WebRequest) throws(WebRefusal) {
        guard let token else { return }
        let bearer = "Bearer "
        if let header = try request.header("authorization"), header.hasPrefix(bearer),
            token.matches(String(header.dropFirst(bearer.count)))
        {
            return
        }
        guard request.cookies(cookieName).contains(where: token.matches(cookie:)) else {
            throw WebRefusal(
                status: 401,
                sentence: "The token is missing or wrong: open /?token=TOKEN in a browser, or send "
                    + "the header Authorization: Bearer TOKEN.",
                headers: [("WWW-Authenticate", "Bearer realm=\"iicd\"")])
        }
    }

    /// The answer that makes a browser keep the token, if the request has it in its address.
    func login(_ request: WebRequest) -> WebReply? {
        guard let token, request.method == "GET", request.path == "/",
            let text = request.query.first(where: { $0.name == "token" })?.value,
            token.matches(text)
        else { return nil }
        return WebReply(status: 303, type: "text/plain", text: "")
            .with("Location", "/")
            .with(
                "Set-Cookie",
                "\(cookieName)=\(token.cookie); Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
            )
    }
}
