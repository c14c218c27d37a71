export default function Product() {
  return (
    <main>
      <h1>The friday shoe</h1>
      <p>There are few of them.</p>
      <p>
        <a href="/checkout?shoe=42">Buy</a>
      </p>
      <p>
        <a href="/line">Wait in line here</a>
      </p>
    </main>
  );
}
